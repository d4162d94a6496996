extension RecordingScript {
  static let commandLine = #"""
    usage() {
      printf 'usage: sh %s [-n] [-o FILE] [-s SECONDS] [COMMAND...]\n' "$0"
    }

    dry=
    output=
    while getopts :no:s:h option; do
      case $option in
        n) dry=yes ;;
        o) output=$OPTARG ;;
        s) seconds=$OPTARG ;;
        h) usage; exit 0 ;;
        *) usage >&2; exit 64 ;;
      esac
    done
    shift $((OPTIND - 1))
    case $seconds in
      *[!0-9]*) usage >&2; exit 64 ;;
    esac

    # A dry run is the result of a run, other messages are not: COMMAND has standard output for itself.
    say() { # LABEL TEXT
      if [ "$dry" ]; then
        printf '%-12s %s\n' "$1" "$2"
      else
        printf '%-12s %s\n' "$1" "$2" >&2
      fi
    }

    fail() { # TEXT
      printf 'record: %s\n' "$1" >&2
      exit 1
    }
    """#

  static let writing = #"""
    # What is to be undone, last change first: `write VALUE FILE`, `remove GROUP/NAME`, `clear - FILE`.
    undo=

    later() { # LINE
      undo="$1
    $undo"
    }

    put() { # VALUE FILE
      if [ "$dry" ]; then
        say write "$1 > $2"
        return 0
      fi
      { printf '%s\n' "$1" > "$tracefs/$2"; } 2> /dev/null
    }

    # dynamic_events is only ever appended to: opening it otherwise removes the events of others.
    append() { # DEFINITION
      { printf '%s\n' "$1" >> "$tracefs/dynamic_events"; } 2> /dev/null
    }

    remove() { # GROUP/NAME
      if [ "$dry" ]; then
        say remove "-:$1"
        return 0
      fi
      if [ -e "$tracefs/events/$1/enable" ]; then
        put 0 "events/$1/enable"
      fi
      append "-:$1"
    }

    clear_trace() {
      if [ "$dry" ]; then
        say clear trace
        return 0
      fi
      { : > "$tracefs/trace"; } 2> /dev/null
    }

    restore() {
      trap '' INT TERM HUP
      trap - EXIT
      while read -r step value file; do
        case $step in
          write) put "$value" "$file" || say 'left behind' "$file: cannot be set back to $value" ;;
          remove) remove "$value" || say 'left behind' "$value: cannot be removed" ;;
          clear) clear_trace ;;
        esac
      done << EOF
    $undo
    EOF
    }

    # What is in a file now comes back at the end.
    keep() { # FILE
      [ -r "$tracefs/$1" ] || return 1
      read -r value rest < "$tracefs/$1" || [ "$value" ] || return 1
      # `7 (expanded: 1408)` is the size until it is used, and from then on; `X` is several sizes.
      case $rest in
        '(expanded: '*) value=${rest#*: }; value=${value%)} ;;
      esac
      [ "$value" != X ] || return 1
      later "write $value $1"
    }

    status=0
    trap 'status=$?; restore; exit $status' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    """#
}
