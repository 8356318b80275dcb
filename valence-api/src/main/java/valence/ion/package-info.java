/// What an application's functions are given and give back: ions are static methods from data to
/// data, so this is all there is to know.
///
/// | entry point | signature |
/// | --- | --- |
/// | transaction function | `(Db before, args…) → List` of tx-data |
/// | query function, predicate | `(args…) → data`; a `Db` may be among the arguments |
/// | HTTP handler | `(HttpRequest) → HttpResponse` |
/// | Lambda, event handler | `(String payload, LambdaContext) → String`, or any data, answered as JSON text |
/// | handler of a source's events | `(S3Event)`, `(SqsEvent)`, `(SnsEvent)`, `(ScheduledEvent)`, or as a Lambda |
@NullMarked
package valence.ion;

import org.jspecify.annotations.NullMarked;
