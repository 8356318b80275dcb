/// What a node tells those who watch it: metrics, casts, traces, logs and alerts.
///
/// A [Telemetry] is one node's. [Metrics] counts, by series of fixed names and bounded labels, and
/// [Exposition] prints them for Prometheus; [Casts] keeps what applications said lately, in a ring,
/// each kind and message within a rate; a [Tracer] makes spans and hands sampled ones to a
/// [TraceExport] (OTLP over HTTP, in JSON); an [AlertHook] posts alerts to a webhook. Nothing here
/// waits for anybody outside: queues are bounded, and what doesn't fit is dropped and counted.
///
/// A [Cause] says whom a thread works for; it is bound where a request comes in, and goes wherever
/// the work does. [JsonLines] and [TextLines] print the log with it.
///
/// Whatever an application says is made [Plain] data first, so that nothing kept here holds its
/// code loaded. Knows neither how code is loaded nor the network's doors.
@NullMarked
package valence.node.telemetry;

import org.jspecify.annotations.NullMarked;
