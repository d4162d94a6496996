extension Stylesheet {
  /// What pages of comparisons have beside the rest. The base is grey and an area, the new side red-brown and a line; red is
  /// more and blue is less in graphs of differences, where a sign says it too.
  static let comparison =
    """

    :root { --base: #6b7580; --base-fill: #c9ced3; --new: #c2410c;
      --less3: #6ba8dc; --less2: #a5cbec; --less1: #d5e6f5; --same: #e9ebed; --more1: #fbdcd2; --more2: #f6b29b;
      --more3: #ec7f5f; --diff-ink: #14171a; }
    @media (prefers-color-scheme: dark) {
      :root { --base: #a0a9b2; --base-fill: #454d55; --new: #ff9a5c;
        --less3: #2f6ea6; --less2: #2a5074; --less1: #273a4c; --same: #33393f; --more1: #4f332b; --more2: #82402b;
        --more3: #b04a2c; --diff-ink: #f2f4f6; }
    }
    h1 .unit { font-size: .7em; }
    .side.base { border-bottom: 3px solid var(--base); } .side.new { border-bottom: 3px solid var(--new); }
    .swatch.over-base { background: var(--base-fill); border-top: 2px solid var(--base); border-radius: 0; }
    .swatch.over-new { background: var(--new); height: 3px; border-radius: 0; vertical-align: .25em; }
    .swatch.after { background: repeating-linear-gradient(90deg, var(--rule) 0 2px, transparent 2px 4px); }
    .worse { color: var(--bad); font-weight: 600; } .better { color: var(--good); font-weight: 600; }
    .changes { padding-left: 1.15rem; margin: .4rem 0 .8rem; overflow-wrap: anywhere; }
    .changes li { margin-top: .15rem; }
    .figures + .sub { margin-top: 1.5rem; }
    .group { display: grid; gap: .8rem; }
    .sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .6rem 1.5rem;
      align-items: end; }
    .data path.area { fill: var(--base-fill); opacity: .75; }
    .data path.line, .data path.other { fill: none; vector-effect: non-scaling-stroke; stroke-width: 1.3; }
    .data path.base { stroke: var(--base); } .data path.area.base { stroke: none; }
    .data path.new { stroke: var(--new); stroke-width: 1.6; }
    .data path.other { stroke-width: 1; opacity: .45; }
    .data path.after { fill: var(--rule); opacity: .45; }
    .interval { display: inline-block; vertical-align: -1px; }
    .interval line { stroke: var(--soft); stroke-width: 2; } .interval circle { fill: var(--soft); }
    .interval .one { stroke-width: 1; stroke-dasharray: 2 2; }
    .interval.worse line:not(.one) { stroke: var(--bad); } .interval.worse circle { fill: var(--bad); }
    .interval.better line:not(.one) { stroke: var(--good); } .interval.better circle { fill: var(--good); }
    .difference h4 { margin: .9rem 0 .35rem; }
    .difference .scroll:not(.flame) { margin-bottom: 1.5rem; }
    .difference .f text, .difference .f.caller text { fill: var(--diff-ink); }
    @media (max-width: 34rem) {
      .difference tbody th { white-space: normal; overflow-wrap: anywhere; min-width: 11rem; }
    }
    .f.diff-less3 rect { fill: var(--less3); } .f.diff-less2 rect { fill: var(--less2); }
    .f.diff-less1 rect { fill: var(--less1); } .f.diff-same rect { fill: var(--same); }
    .f.diff-more1 rect { fill: var(--more1); } .f.diff-more2 rect { fill: var(--more2); }
    .f.diff-more3 rect { fill: var(--more3); }
    .swatch.diff-less3 { background: var(--less3); } .swatch.diff-less2 { background: var(--less2); }
    .swatch.diff-less1 { background: var(--less1); } .swatch.diff-same { background: var(--same); outline: 1px solid var(--rule); }
    .swatch.diff-more1 { background: var(--more1); } .swatch.diff-more2 { background: var(--more2); }
    .swatch.diff-more3 { background: var(--more3); }

    """
}
