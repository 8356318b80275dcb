// The schema as a picture: kinds of entities in layers, each reference from left to right.
//
// Layered layout after Sugiyama, Tagawa, Toda (1981): edges that close a cycle are turned, layers are
// longest paths, edges over several layers bend at points in between, and the order within a layer is
// made by the mean place of the neighbours, swept to and fro.

import { svg } from "./dom.js";

const ROW = 19;
const HEAD = 32;
const WIDTH = 218;
const GAP_X = 96;
const GAP_Y = 26;
const ROWS_MAX = 14;
const SWEEPS = 12;

/** Edges that have no cycle: those of depth-first search that lead back are turned. */
function acyclic(names, edges) {
  const state = new Map();
  const turned = new Set();
  const visit = (name) => {
    state.set(name, 1);
    for (const edge of edges) {
      if (edge.from === name && edge.to !== name) {
        if (state.get(edge.to) === 1) {
          turned.add(edge);
        } else if (!state.has(edge.to)) {
          visit(edge.to);
        }
      }
    }
    state.set(name, 2);
  };
  const into = (name) => edges.filter((each) => each.to === name && each.from !== name).length;
  [...names].sort((a, b) => into(a) - into(b)).forEach((name) => state.has(name) || visit(name));
  return edges
    .filter((edge) => edge.from !== edge.to)
    .map((edge) => (turned.has(edge) ? { from: edge.to, to: edge.from, edge } : { from: edge.from, to: edge.to, edge }));
}

function layers(names, arcs) {
  const layer = new Map(names.map((name) => [name, 0]));
  for (let round = 0; round < names.length; round++) {
    let moved = false;
    for (const { from, to } of arcs) {
      if (layer.get(to) < layer.get(from) + 1) {
        layer.set(to, layer.get(from) + 1);
        moved = true;
      }
    }
    if (!moved) {
      break;
    }
  }
  return layer;
}

const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** Places: {boxes: Map(name → {x, y, height}), paths: [{edge, points}], width, height}. */
export function layout(kinds, edges) {
  const heights = new Map(kinds.map((kind) => [kind.name, HEAD + ROW * Math.min(ROWS_MAX + 1, kind.rows.length) + 8]));
  const linked = new Set(edges.filter((each) => each.from !== each.to).flatMap((each) => [each.from, each.to]));
  const names = kinds.map((kind) => kind.name).filter((name) => linked.has(name));
  const arcs = acyclic(names, edges);
  const layer = layers(names, arcs);
  const nodes = names.map((name) => ({ id: name, layer: layer.get(name), height: heights.get(name), left: [], right: [], ports: [] }));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const rows = new Map(kinds.map((kind) => [kind.name, kind.rows]));
  const portOf = ({ from, ident }) => (rows.get(from).findIndex((row) => row.ident === ident) + 1) / (rows.get(from).length + 2);
  const paths = [];
  for (const arc of arcs) {
    const chain = [byId.get(arc.from)];
    for (let i = chain[0].layer + 1; i < layer.get(arc.to); i++) {
      const bend = { id: Symbol("bend"), layer: i, height: 8, bend: true, left: [], right: [], ports: [] };
      nodes.push(bend);
      chain.push(bend);
    }
    chain.push(byId.get(arc.to));
    for (let i = 1; i < chain.length; i++) {
      chain[i - 1].right.push(chain[i]);
      chain[i].left.push(chain[i - 1]);
      // How far down its box an edge begins, as part of a place, so that edges of one box don't cross.
      chain[i].ports.push(i === 1 && arc.from === arc.edge.from ? portOf(arc.edge) : 0.5);
    }
    paths.push({ edge: arc.edge, chain });
  }
  const columns = [];
  for (const node of nodes) {
    (columns[node.layer] ??= []).push(node);
  }
  columns.forEach((column) => column.forEach((node, index) => (node.order = index)));
  for (let sweep = 0; sweep <= SWEEPS; sweep++) {
    const [side, swept] = sweep % 2 === 0 ? ["left", columns] : ["right", [...columns].reverse()];
    for (const column of swept) {
      column.forEach((node) => (node.aim = node[side].length ? mean(node[side].map((each, i) => each.order + (side === "left" ? node.ports[i] : 0))) : node.order));
      column.sort((a, b) => a.aim - b.aim).forEach((node, index) => (node.order = index));
    }
  }
  let bottom = 0;
  columns.forEach((column, index) => {
    let y = 0;
    for (const node of column) {
      node.x = index * (WIDTH + GAP_X);
      node.y = y;
      y += node.height + (node.bend ? GAP_Y / 2 : GAP_Y);
    }
    bottom = Math.max(bottom, y);
  });
  align(columns);
  const top = Math.min(0, ...nodes.map((node) => node.y));
  nodes.forEach((node) => (node.y -= top));
  bottom = Math.max(0, ...nodes.map((node) => node.y + node.height));
  const boxes = new Map(nodes.filter((node) => !node.bend).map((node) => [node.id, { x: node.x, y: node.y, height: node.height }]));
  const across = Math.max(columns.length, 3);
  const width = across * (WIDTH + GAP_X) - GAP_X;
  const apart = kinds.filter((kind) => !linked.has(kind.name));
  const ends = Array.from({ length: across }, () => bottom + (names.length ? GAP_Y * 2 : 0));
  for (const kind of apart) {
    const column = ends.indexOf(Math.min(...ends));
    boxes.set(kind.name, { x: column * (WIDTH + GAP_X), y: ends[column], height: heights.get(kind.name) });
    ends[column] += heights.get(kind.name) + GAP_Y;
  }
  const height = Math.max(bottom, ...(apart.length ? ends : [0]));
  return { boxes, width, height, paths: paths.map(({ edge, chain }) => ({ edge, points: chain.slice(1, -1), turned: chain[0].id !== edge.from })) };
}

/** Moves nodes towards the middle of their neighbours, as far as their column lets them. */
function align(columns) {
  const middle = (node) => node.y + node.height / 2;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      for (const node of column) {
        const near = [...node.left, ...node.right];
        node.aim = near.length ? mean(near.map(middle)) - node.height / 2 : node.y;
      }
      let end = -Infinity;
      column.forEach((node) => {
        node.y = Math.max(end, node.aim);
        end = node.y + node.height + (node.bend ? GAP_Y / 2 : GAP_Y);
      });
      // Pushed down as a whole, the column goes back up by half of what was too much.
      const excess = mean(column.map((node) => node.y - node.aim));
      column.forEach((node) => (node.y -= excess));
    }
  }
}

/** A smooth line; `out` and `into` are 1 for the right side of a point, -1 for its left. */
function curve(points, out, into) {
  let path = `M${points[0][0]} ${points[0][1]}`;
  for (let i = 1; i < points.length; i++) {
    const [x1, y1] = points[i - 1];
    const [x2, y2] = points[i];
    const bend = Math.max(34, Math.abs(x2 - x1) / 2);
    path += ` C${x1 + out * bend} ${y1} ${x2 + into * bend} ${y2} ${x2} ${y2}`;
  }
  return path;
}

function pathOf({ edge, points, turned }, boxes, rowOf) {
  const from = boxes.get(edge.from);
  const to = boxes.get(edge.to);
  const y1 = from.y + HEAD + ROW * (rowOf(edge) + 0.5) + 4;
  const y2 = to.y + HEAD / 2;
  if (turned) {
    const bends = [...points].reverse().flatMap(({ x, y }) => [[x + WIDTH, y + 4], [x, y + 4]]);
    return curve([[from.x, y1], ...bends, [to.x + WIDTH, y2]], -1, 1);
  }
  const bends = points.flatMap(({ x, y }) => [[x, y + 4], [x + WIDTH, y + 4]]);
  return curve([[from.x + WIDTH, y1], ...bends, [to.x, y2]], 1, -1);
}

function selfPath(edge, boxes, rowOf) {
  const box = boxes.get(edge.from);
  const y = box.y + HEAD + ROW * (rowOf(edge) + 0.5) + 4;
  const x = box.x + WIDTH;
  return `M${x} ${y} C${x + 46} ${y} ${x + 46} ${box.y + HEAD / 2} ${x} ${box.y + HEAD / 2}`;
}

/**
 * The picture.
 *
 * @param kinds [{name, count, enumeration, rows: [{ident, text, type, mark}]}]
 * @param edges [{from, to, ident, many}] from a kind's row to a kind
 * @param href  of a kind
 */
export function diagram(kinds, edges, href) {
  const { boxes, width, height, paths } = layout(kinds, edges);
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const rowOf = (edge) => Math.min(ROWS_MAX, byName.get(edge.from).rows.findIndex((row) => row.ident === edge.ident));
  const drawn = [
    ...paths.map((path) => [path.edge, pathOf(path, boxes, rowOf)]),
    ...edges.filter((edge) => edge.from === edge.to).map((edge) => [edge, selfPath(edge, boxes, rowOf)]),
  ];
  const margin = 24;
  return svg(
    "svg",
    {
      class: "diagram",
      role: "group",
      "aria-label": `Schema: ${kinds.length} kinds of entities, ${edges.length} references`,
      viewBox: `${-margin} ${-margin} ${width + 2 * margin + 30} ${height + 2 * margin}`,
      width: width + 2 * margin + 30,
      height: height + 2 * margin,
    },
    svg(
      "defs",
      null,
      svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 10, markerHeight: 10, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" }, svg("path", { d: "M0 0.5 7.5 4 0 7.5z" })),
    ),
    drawn.map(([edge, path]) =>
      svg("path", { class: `edge${edge.many ? " many" : ""}`, d: path, "marker-end": "url(#arrow)", "data-from": edge.from, "data-to": edge.to }, svg("title", null, `${edge.ident} leads to ${edge.to}${edge.many ? ", to many" : ""}`)),
    ),
    kinds.map((kind) => box(kind, boxes.get(kind.name), href(kind))),
  );
}

function box(kind, { x, y, height }, href) {
  const shown = kind.rows.length > ROWS_MAX + 1 ? kind.rows.slice(0, ROWS_MAX) : kind.rows;
  const light = (on) => (event) => {
    const root = event.currentTarget.closest("svg");
    for (const edge of root.querySelectorAll(".edge")) {
      edge.classList.toggle("lit", on && (edge.dataset.from === kind.name || edge.dataset.to === kind.name));
    }
  };
  return svg(
    "a",
    {
      class: `kind${kind.enumeration ? " enumeration" : ""}`,
      href,
      transform: `translate(${x} ${y})`,
      "aria-label": `${kind.name}, ${kind.rows.length} ${kind.enumeration ? "idents" : "attributes"}`,
      onmouseenter: light(true),
      onmouseleave: light(false),
      onfocus: light(true),
      onblur: light(false),
    },
    svg("rect", { class: "card", width: WIDTH, height, rx: 8 }),
    svg("path", { class: "head", d: `M0 ${HEAD}V8a8 8 0 0 1 8-8h${WIDTH - 16}a8 8 0 0 1 8 8v${HEAD - 8}z` }),
    svg("text", { class: "kind-name", x: 12, y: 21 }, kind.name),
    svg("text", { class: "kind-count", x: WIDTH - 12, y: 21, "text-anchor": "end" }, kind.count ?? ""),
    shown.map((row, i) => [
      svg("text", { class: `row ${row.mark ?? ""}`, x: 12, y: HEAD + ROW * (i + 0.5) + 8 }, row.text.length > 22 ? `${row.text.slice(0, 21)}…` : row.text),
      svg("text", { class: "row-type", x: WIDTH - 12, y: HEAD + ROW * (i + 0.5) + 8, "text-anchor": "end" }, row.type),
    ]),
    kind.rows.length > shown.length
      ? svg("text", { class: "row-type", x: 12, y: HEAD + ROW * (shown.length + 0.5) + 8 }, `and ${kind.rows.length - shown.length} more`)
      : null,
  );
}
