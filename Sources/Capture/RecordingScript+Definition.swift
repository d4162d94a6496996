extension RecordingScript {
  static let definition = #"""
    machine=${MACHINE:-$(uname -m)}
    btf=${BTF:-/sys/kernel/btf/vmlinux}
    kallsyms=${KALLSYMS:-/proc/kallsyms}

    find_functions() { # PATTERN
      traceable=
      symbols=
      if [ -r "$tracefs/available_filter_functions" ]; then
        traceable=$(grep -E "^($1)([[:space:]]|\$)" "$tracefs/available_filter_functions" \
          | sed 's/[[:space:]].*//; s/.*/ & /')
      fi
      if [ -r "$kallsyms" ]; then
        symbols=$(grep -E " [tTwW] ($1)([[:space:]]|\$)" "$kallsyms" \
          | sed 's/^[^ ]* . //; s/[[:space:]].*//; s/.*/ & /')
      fi
    }

    # The ways to define an event on this kernel, best first: fprobe (f) or kprobe (p), with parameters by name, by number,
    # or by register.
    find_forms() {
      forms=
      why='this kernel has no dynamic events for functions (CONFIG_FPROBE_EVENTS, CONFIG_KPROBE_EVENTS)'
      [ -e "$tracefs/dynamic_events" ] && [ -r "$tracefs/README" ] || return 0
      names=
      numbers=
      if grep -qF '<argname>[->' "$tracefs/README" && [ -r "$btf" ]; then names=yes; fi
      if grep -qF 'arg<N>' "$tracefs/README"; then numbers=yes; fi
      for kind in f p; do
        grep -qF "${kind}[:[<group>/]" "$tracefs/README" || continue
        if [ "$names" ]; then forms="$forms $kind:name"; fi
        if [ "$numbers" ]; then forms="$forms $kind:number"; fi
        if [ -z "$numbers" ] && [ "$registers" ] && [ $kind = p ]; then forms="$forms p:register"; fi
      done
      if [ -z "$forms" ] && grep -qF 'p[:[<group>/]' "$tracefs/README"; then
        why="this kernel does not name arguments, and the registers of $machine are not known here"
      fi
    }

    listed() { # GROUP/NAME
      grep -q "^[a-z][0-9]*:$1 " "$tracefs/dynamic_events" 2> /dev/null
    }

    define() { # GROUP/NAME DEFINITION
      if listed "$1"; then
        say 'there already' "$1: it is used and left as it is"
        return 0
      fi
      if [ "$dry" ]; then
        say define "$2"
      elif append "$2" && listed "$1"; then
        say defined "$2"
      else
        why='the kernel refuses it'
        if [ -r "$tracefs/error_log" ]; then
          message=$(sed -n 's/^.*error: //p' "$tracefs/error_log" | tail -n 1)
          why="$why${message:+ ($message)}"
        fi
        return 1
      fi
      later "remove $1"
      defined="$defined $1"
    }

    begin_set() { # GROUP TITLE CONSEQUENCE
      group=$1
      title=$2
      consequence=$3
      failed=
      undo_before=$undo
      defined_before=$defined
    }

    # All of a set or nothing: half of it would look like mistakes of drivers.
    end_set() {
      if [ -z "$failed" ]; then
        case " $groups " in
          *" $group "*) ;;
          *) groups="$groups $group" ;;
        esac
        return
      fi
      say 'not set up' "$title: $failed; $consequence"
      for name in $defined; do
        case " $defined_before " in
          *" $name "*) ;;
          *) remove "$name" ;;
        esac
      done
      undo=$undo_before
      defined=$defined_before
    }

    # Which of the functions can be probed so.
    choose() { # KIND FUNCTION...
      found=$traceable
      if [ "$1" = p ]; then found="$traceable $symbols"; fi
      shift
      for function in "$@"; do
        case $found in
          *" $function "*) return 0 ;;
        esac
      done
      return 1
    }

    probe() { # NAME FUNCTIONS BY-NAME BY-NUMBER RESULT WIDE
      [ -z "$failed" ] || return 0
      reason=$why
      for form in $forms; do
        kind=${form%:*}
        case $form in
          *:name) fields=$3 ;;
          *:number) fields=$(printf '%s\n' "$4" | sed "s/@/\$arg/g") ;;
          *) fields=$(printf '%s\n' "$4" | sed "$registers") ;;
        esac
        if [ "$narrow" ] && [ "$6" ] && [ "${form#*:}" != name ]; then
          reason="$1 has a parameter that may take two registers on $machine"
          continue
        fi
        # shellcheck disable=SC2086
        if ! choose $kind $2; then
          reason="this kernel has no function $(printf '%s\n' "$2" | sed 's/ / or /g') to probe"
          continue
        fi
        attempt "$1" "$5" && return 0
        reason="$1: $why"
      done
      failed=$reason
    }

    attempt() { # NAME RESULT; $kind, $function and $fields are set
      undo_before_attempt=$undo
      defined_before_attempt=$defined
      define "$group/$1" "$kind:$group/$1 $function $fields" || return 1
      [ "$2" ] || return 0
      result=
      [ "$2" = - ] || result=" $2"
      if [ "$kind" = f ]; then
        define "$group/$1__return" "f:$group/$1__return $function%return$result" && return 0
      else
        define "$group/$1__return" "r:$group/$1__return $function$result" && return 0
      fi
      if [ "$defined" != "$defined_before_attempt" ]; then remove "$group/$1"; fi
      undo=$undo_before_attempt
      defined=$defined_before_attempt
      return 1
    }
    """#
}
