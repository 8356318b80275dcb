package valence.console;

/// A file of the console.
///
/// @param mediaType  as a `content-type` has it
/// @param content    not to be changed
/// @param compressed the same by gzip; not to be changed
/// @param tag        of exactly this content, in hexadecimal
/// @param lasting    whether its path never leads to anything else
public record ConsoleFile(
    String mediaType, byte[] content, byte[] compressed, String tag, boolean lasting) {}
