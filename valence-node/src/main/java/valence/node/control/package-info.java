/// The control database: what the system knows of itself, as facts.
///
/// Applications, revisions, artifacts, groups and deployments are entities of one database,
/// [Control#DATABASE], kept through the same api as everybody's. Deploying is transacting, status
/// is a query, and what ran where at any time is its history; `schema.edn` says what there is. From
/// outside it can be read and not written.
///
/// Knows facts. Knows nothing of how code is loaded or served.
@NullMarked
package valence.node.control;

import org.jspecify.annotations.NullMarked;
