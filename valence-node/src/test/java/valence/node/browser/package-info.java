/// A headless Chromium, driven by its DevTools protocol: what tests of the web console look at and
/// press keys in. Waits for what pages become, and never for a time.
@NullMarked
package valence.node.browser;

import org.jspecify.annotations.NullMarked;
