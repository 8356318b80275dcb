/// When something recurs: the text of a schedule, and the times that it means.
///
/// [Timetable#parse] reads the five fields of cron, the six of `cron(…)` as EventBridge has them,
/// `rate(…)`, `@every …` and `@daily` and its like. A time is a minute, of a `rate` a second.
///
/// Fields are of the local time of a zone. When its clock is changed, a schedule whose hours are
/// limited runs once for each time that the clock was to show: a time that the clock leaps over
/// runs when it has leapt, one that it shows twice runs the first time. A schedule of all hours
/// follows the clock that passes, as does a rate: it runs in both of the hours that look alike.
///
/// Pure. Knows nothing of what is run, or of what time it is.
@NullMarked
package valence.wire.schedule;

import org.jspecify.annotations.NullMarked;
