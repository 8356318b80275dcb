/// Calls an application's functions as AWS Lambda's *Invoke* does, without an AWS SDK.
@NullMarked
package valence.tools.invoke;

import org.jspecify.annotations.NullMarked;
