extension RecordingScript {
  static let places = #"""
    tracefs=${TRACEFS:-}
    if [ "$tracefs" ]; then
      [ -d "$tracefs/events" ] || fail "TRACEFS=$tracefs is no tracing folder"
    else
      for folder in /sys/kernel/tracing /sys/kernel/debug/tracing; do
        if [ -d "$folder/events" ]; then
          tracefs=$folder
          break
        fi
      done
      if [ -z "$tracefs" ] && [ "$(id -u)" != 0 ]; then
        fail 'must be run as root: the tracing folder is not to be seen'
      fi
      [ "$tracefs" ] || fail 'no tracing folder; try: mount -t tracefs nodev /sys/kernel/tracing'
    fi
    if [ -z "$dry" ] && [ ! -w "$tracefs/tracing_on" ]; then
      fail "must be run as root: cannot write $tracefs/tracing_on"
    fi

    if [ "$tool" = auto ]; then
      tool=tracefs
      if command -v trace-cmd > /dev/null; then tool=trace-cmd; fi
    elif [ "$tool" = trace-cmd ]; then
      command -v trace-cmd > /dev/null || fail 'trace-cmd is not installed'
    fi
    if [ "$tool" = trace-cmd ]; then
      output=${output:-trace.dat}
    else
      output=${output:-trace.txt}
    fi

    [ "$dry" ] && say 'dry run' 'nothing is changed'
    say kernel "$(uname -srm)"
    say tracefs "$tracefs"
    say tool "$tool"
    """#

  static let tracepoint = #"""
    # Groups of events to record, and the dynamic ones among the events.
    groups=
    defined=

    tracepoints() { # SYSTEM CONSEQUENCE
      count=0
      for file in "$tracefs/events/$1"/*/enable; do
        [ -e "$file" ] && count=$((count + 1))
      done
      if [ "$count" -gt 0 ]; then
        groups="$groups $1"
        say events "$1: $count"
      else
        say 'not set up' "$1 events: this kernel has none; $2"
      fi
    }

    tracepoints dma 'nothing can be recorded'
    [ "$groups" ] || fail 'no dma:* events in this kernel: they came with Linux 6.11'
    """#
}
