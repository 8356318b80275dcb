package valence.tools.cli;

import java.util.ArrayList;
import java.util.List;

/// Completions as each shell takes them. None of them starts a JVM: what they know is written
/// into them.
final class ShellScripts {
  private ShellScripts() {}

  static String bash(List<ShellWords> commands) {
    StringBuilder out = new StringBuilder("""
        # bash completion for valence: source it, or put it into bash_completion.d
        _valence() {
          local word=${COMP_WORDS[COMP_CWORD]} first=${COMP_WORDS[1]:-} second=${COMP_WORDS[2]:-}
          local commands options files=
          if [ "$COMP_CWORD" -le 1 ]; then
            COMPREPLY=($(compgen -W "%s --help --version" -- "$word"))
            return
          fi
          case $first in
        """.formatted(String.join(" ", Catalog.words())));
    for (ShellWords each : commands) {
      if (!each.path().contains(" ")) {
        out.append("    ").append(each.path()).append(")\n");
        words(out, "      ", each);
        List<ShellWords> below = below(commands, each);
        if (!below.isEmpty()) {
          out.append("      case $second in\n");
          for (ShellWords one : below) {
            out.append("        ").append(one.path().split(" ")[1]).append(")\n");
            words(out, "          ", one);
            out.append("          ;;\n");
          }
          out.append("      esac\n");
        }
        out.append("      ;;\n");
      }
    }
    return out.append("""
              esac
              case $word in
                -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
                *)
                  [ "$COMP_CWORD" -eq 2 ] || [ -z "$second" ] || commands=
                  COMPREPLY=($(compgen -W "$commands" -- "$word"))
                  [ -z "$files" ] || COMPREPLY+=($(compgen -f -- "$word"))
                  ;;
              esac
            }
            complete -o filenames -F _valence valence ./valence
            """).toString();
  }

  private static void words(StringBuilder out, String indent, ShellWords words) {
    out.append(indent)
        .append("commands=\"")
        .append(String.join(" ", words.commands().keySet()))
        .append("\" options=\"")
        .append(String.join(" ", words.options().keySet()))
        .append("\" files=")
        .append(words.files() ? "yes" : "")
        .append('\n');
  }

  private static List<ShellWords> below(List<ShellWords> commands, ShellWords above) {
    return commands.stream()
        .filter(each -> each.path().startsWith(above.path() + " "))
        .toList();
  }

  static String zsh(List<ShellWords> commands) {
    StringBuilder out = new StringBuilder("""
        #compdef valence
        # zsh completion for valence: put it as _valence into a folder of $fpath
        _valence() {
          local -a commands options
          local files=
          if (( CURRENT == 2 )); then
            commands=(
        """);
    for (Catalog each : Catalog.values()) {
      out.append("      ").append(zshWord(each.word(), each.summary())).append('\n');
    }
    out.append("""
            )
            _describe -t commands command commands
            return
          fi
          case "$words[2]" in
        """);
    for (ShellWords each : commands) {
      if (!each.path().contains(" ")) {
        out.append("    ").append(each.path()).append(")\n");
        zshWords(out, "      ", each);
        List<ShellWords> below = below(commands, each);
        if (!below.isEmpty()) {
          out.append("      case \"$words[3]\" in\n");
          for (ShellWords one : below) {
            out.append("        ").append(one.path().split(" ")[1]).append(")\n");
            zshWords(out, "          ", one);
            out.append("          ;;\n");
          }
          out.append("      esac\n");
        }
        out.append("      ;;\n");
      }
    }
    return out.append("""
              esac
              if [[ "$PREFIX" == -* ]]; then
                _describe -o -t options option options
              else
                (( CURRENT == 3 )) && _describe -t commands command commands
                [[ -n "$files" ]] && _files
              fi
            }
            if [[ "$funcstack[1]" == _valence ]]; then
              _valence "$@"
            else
              compdef _valence valence
            fi
            """).toString();
  }

  private static void zshWords(StringBuilder out, String indent, ShellWords words) {
    List<String> commands = new ArrayList<>();
    words.commands().forEach((word, summary) -> commands.add(zshWord(word, summary)));
    List<String> options = new ArrayList<>();
    words.options().forEach((word, summary) -> options.add(zshWord(word, summary)));
    out.append(indent)
        .append("commands=(")
        .append(String.join(" ", commands))
        .append(")\n")
        .append(indent)
        .append("options=(")
        .append(String.join(" ", options))
        .append(") files=")
        .append(words.files() ? "yes" : "")
        .append('\n');
  }

  private static String zshWord(String word, String summary) {
    return quoted(word + ":" + summary.replace(":", "\\:"));
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  static String fish(List<ShellWords> commands) {
    StringBuilder out = new StringBuilder("""
        # fish completion for valence: put it as valence.fish into ~/.config/fish/completions
        complete -c valence -f
        """);
    for (Catalog each : Catalog.values()) {
      out.append("complete -c valence -n __fish_use_subcommand -a ")
          .append(each.word())
          .append(" -d ")
          .append(fishQuoted(each.summary()))
          .append('\n');
    }
    for (ShellWords each : commands) {
      String[] path = each.path().split(" ");
      String seen = "__fish_seen_subcommand_from " + path[0];
      String when = path.length == 1 ? seen : seen + "; and __fish_seen_subcommand_from " + path[1];
      each.commands()
          .forEach((word, summary) -> out.append("complete -c valence -n ")
              .append(fishQuoted(seen))
              .append(" -a ")
              .append(word)
              .append(" -d ")
              .append(fishQuoted(summary))
              .append('\n'));
      each.options()
          .forEach((option, summary) -> out.append("complete -c valence -n ")
              .append(fishQuoted(when))
              .append(" -l ")
              .append(option.substring(2))
              .append(" -d ")
              .append(fishQuoted(summary))
              .append('\n'));
      if (each.files()) {
        out.append("complete -c valence -n ").append(fishQuoted(when)).append(" -F\n");
      }
    }
    return out.toString();
  }

  private static String fishQuoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
