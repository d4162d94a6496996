extension Stylesheet {
  static let tables = """
    .scroll { overflow-x: auto; container-type: inline-size; border: 1px solid var(--rule); border-radius: 5px; }
    table { border-collapse: collapse; width: 100%; font-size: .87rem; font-variant-numeric: tabular-nums; }
    th, td { padding: .28rem .5rem; text-align: left; white-space: nowrap; vertical-align: top; }
    thead th { background: var(--panel); font-weight: 600; border-bottom: 1px solid var(--rule); vertical-align: bottom;
      white-space: normal; }
    tbody th { font-weight: 400; }
    tbody tr:not(.more) > * { border-top: 1px solid var(--rule); }
    tbody:first-of-type tr:first-child > * { border-top: 0; }
    tbody tr:not(.more):hover > * { background: var(--hover); }
    .n { text-align: right; }
    .long { max-height: min(40rem, 85vh); overflow-y: auto; }
    .long thead th { position: sticky; top: 0; z-index: 1; box-shadow: 0 1px var(--rule); }
    td.c { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em; }
    td:not(.n):not(.c), tbody th { max-width: 26rem; overflow: hidden; text-overflow: ellipsis; }
    tbody:target > tr > * { background: var(--warn-paper); }
    .sortable .more > td { padding: 0 0 .2rem; max-width: none; overflow: visible; white-space: normal; }
    .more details { position: sticky; left: 0; width: 100%; max-width: 100cqi; padding: 0 .5rem; }
    .more summary { color: var(--link); font-size: .78rem; line-height: 1.3; }
    .detail { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem 1.5rem;
      padding: .7rem 0; white-space: normal; }
    .detail > div { min-width: 0; }
    .detail .facts { font-size: .85rem; }
    .sortable thead button { all: unset; cursor: pointer; }
    .sortable thead button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
    .sortable thead button::after { content: "↕"; color: var(--soft); margin-left: .15em; font-size: .8em; opacity: .6; }
    .sortable [aria-sort="ascending"] button::after { content: "↑"; opacity: 1; color: var(--ink); }
    .sortable [aria-sort="descending"] button::after { content: "↓"; opacity: 1; color: var(--ink); }
    .filter { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .6rem; margin: .2rem 0 .5rem;
      font-size: .87rem; }
    .filter input { min-width: 0; width: 16rem; max-width: 100%; }
    .meter { position: relative; display: inline-block; min-width: 6.5rem; padding: 0 .3rem; }
    .meter i { position: absolute; inset: .1em 0 .1em 0; background: var(--fill); opacity: .28; border-radius: 2px; }
    .stack { font: .92em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
      padding: .2rem 0 .4rem 2.2rem; }
    .findings { list-style: none; padding: 0; }
    .finding { border: 1px solid var(--rule); border-left: 5px solid var(--rule); border-radius: 5px;
      padding: .45rem .8rem; margin-top: .5rem; font-size: .9rem; overflow-wrap: anywhere; }
    .finding.error { border-left-color: var(--bad); } .finding.warning { border-left-color: var(--warn-rule); }
    .severity { font-weight: 700; text-transform: uppercase; font-size: .78rem; letter-spacing: .04em;
      margin-right: .4rem; }
    .error .severity { color: var(--bad); }
    .stack .here { font-weight: 700; }
    .stack .here::after { content: " ← call site"; font-weight: 400; color: var(--soft); }

    """

  static let charts = """
    .swatch { display: inline-block; width: .75em; height: .75em; border-radius: 2px; margin-right: .4em;
      background: var(--c0); vertical-align: -.02em; flex: none; forced-color-adjust: none; }
    .swatch.c1 { background: var(--c1); } .swatch.c2 { background: var(--c2); } .swatch.c3 { background: var(--c3); }
    .swatch.c4 { background: var(--c4); } .swatch.c5 { background: var(--c5); } .swatch.c6 { background: var(--c6); }
    .swatch.s1 { background: var(--s1); } .swatch.s2 { background: var(--s2); } .swatch.s3 { background: var(--s3); }
    .swatch.s4 { background: var(--s4); } .swatch.s5 { background: var(--s5); } .swatch.s6 { background: var(--s6); }
    .swatch.s7 { background: var(--s7); }
    .swatch.idle { background: none; outline: 1px dashed var(--soft); outline-offset: -1px; }
    .swatch.loss { background: repeating-linear-gradient(45deg, var(--loss) 0 1.5px, transparent 1.5px 4px); }
    .swatch.flame-caller { background: var(--flame-caller); } .swatch.flame-module { background: var(--flame-module); }
    .swatch.flame-root { background: var(--flame-root); outline: 1px solid var(--rule); }
    .swatch.flame-kernel { background: var(--flame-kernel); }
    .dev { display: inline-block; max-width: 100%; overflow-wrap: anywhere; vertical-align: top; }
    figcaption > * { min-width: 0; overflow-wrap: anywhere; }
    .chart { min-width: 0; }
    .charts { display: grid; gap: 1.4rem; }
    figcaption { display: flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; }
    .legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .05rem 1rem; font-size: .82rem;
      margin: .15rem 0 .3rem; }
    .legend li { min-width: 0; overflow-wrap: anywhere; }
    .live .legend output { display: inline-block; min-width: 4.6em; margin-left: .35em; font-variant-numeric: tabular-nums; font-weight: 600; }
    svg { display: block; forced-color-adjust: none; }
    svg text { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums; }
    .frame { overflow: visible; }
    .plot { position: relative; padding: 8px 14px 24px 76px; }
    .plot.small { padding: 10px 12px 22px 66px; }
    .plot.rows-1 { padding-top: 22px; }
    .plot.rows-2 { padding-top: 36px; }
    .axis { text-align: center; padding-left: 54px; margin-top: -2px; }
    .grid { stroke: var(--rule); stroke-width: 1; shape-rendering: crispEdges; }
    .ylab { text-anchor: end; }
    .xtick text { text-anchor: middle; }
    .xtick.start text { text-anchor: start; }
    .xtick.end text { text-anchor: end; }
    .tick { stroke: var(--soft); }
    path.c0 { fill: var(--c0); } path.c1 { fill: var(--c1); } path.c2 { fill: var(--c2); } path.c3 { fill: var(--c3); }
    path.c4 { fill: var(--c4); } path.c5 { fill: var(--c5); } path.c6 { fill: var(--c6); }
    .data path.loss { fill: var(--loss); opacity: .16; }
    .data path.bar-fill { fill: var(--fill); }
    .data path.beyond { fill: var(--beyond); }
    .mark line { stroke: var(--mark); stroke-width: 1.5; }
    .mark.bound line { stroke-dasharray: 4 3; }
    .marklab { fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 4px; }
    .marklab.end { text-anchor: end; }
    .hit { fill: transparent; }
    .hit:hover { fill: var(--ink); fill-opacity: .12; }
    .multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1.25rem 1.5rem; }
    .bars { display: grid; gap: .4rem; margin: .6rem 0; }
    .bar { display: grid; grid-template-columns: minmax(6rem, 13rem) minmax(0, 1fr) 7.5rem; gap: .7rem; align-items: center;
      font-size: .87rem; }
    .bar-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .bar-value { text-align: right; font-variant-numeric: tabular-nums; }
    .bar svg { overflow: visible; }
    .seg { stroke: var(--paper); stroke-width: 1; }
    rect.s1 { fill: var(--s1); } rect.s2 { fill: var(--s2); } rect.s3 { fill: var(--s3); } rect.s4 { fill: var(--s4); }
    rect.s5 { fill: var(--s5); } rect.s6 { fill: var(--s6); } rect.s7 { fill: var(--s7); }
    rect.seg.idle { fill: none; pointer-events: all; stroke: var(--soft); stroke-dasharray: 3 2; }
    .time-tools, .flame-tools { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem; margin-bottom: .8rem;
      font-size: .85rem; }
    .time-tools { position: sticky; top: 0; background: var(--paper); padding: .35rem 0; z-index: 2; }
    .time-tools[hidden], .flame-tools[hidden] { display: none; }
    .time-tools output, .flame-tools output { font-variant-numeric: tabular-nums; color: var(--soft); }
    .live .plot { cursor: crosshair; touch-action: pan-y; }
    .cursor, .brush { position: absolute; top: 8px; bottom: 24px; pointer-events: none; }
    .cursor { border-left: 1px solid var(--ink); }
    .brush { background: var(--link); opacity: .2; }
    .flame { border: 0; margin-bottom: 1.25rem; }
    .flame svg { min-width: 36rem; }
    .f rect { fill: var(--flame-kernel); stroke: var(--paper); stroke-width: 1; }
    .f.root rect { fill: var(--flame-root); } .f.module rect { fill: var(--flame-module); }
    .f.caller rect { fill: var(--flame-caller); }
    .f text { fill: var(--flame-ink); pointer-events: none; }
    .f.caller text { font-weight: 600; }
    .f { min-width: 0; overflow: hidden; }
    .live-flame .f { cursor: pointer; }
    .f:hover rect, .f:focus rect { stroke: var(--ink); }
    .f:focus { outline: none; }
    .f:focus rect { stroke-width: 3; }
    .f.outer rect { opacity: .5; }
    @media (max-width: 34rem) {
      .plot { padding-left: 62px; } .plot.small { padding-left: 60px; }
      svg text { font-size: 10px; }
      .xtick.odd text { display: none; }
      .bar { grid-template-columns: minmax(0, 1fr) max-content; gap: 0 .6rem; }
      .bar svg { grid-row: 2; grid-column: 1 / -1; }
      .bar-value { grid-row: 1; grid-column: 2; }
    }

    """

  static let paper = """
    @media print {
      :root { color-scheme: light; --paper: #fff; --panel: #fff; --ink: #000; --soft: #444; --rule: #bbb;
        --link: #000; --hover: #fff; --warn-paper: #fff; --mark: #000; }
      @page { margin: 12mm; }
      body { font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      header, .page, footer { max-width: none; padding-left: 0; padding-right: 0; }
      .page { display: block; }
      .contents, .skip, .filter, .time-tools, .flame-tools, .sortable thead button::after { display: none; }
      details:not([open]) { display: none; }
      .scroll { overflow: visible; max-height: none; container-type: normal; border: 0; }
      .long thead th { position: static; }
      tbody th { min-width: 7em; }
      table { font-size: 7.5pt; }
      th, td { padding: .12rem .35rem; white-space: normal; overflow-wrap: anywhere; }
      td.n, thead th { overflow-wrap: normal; }
      thead { display: table-header-group; }
      .sortable details:not([open]) { display: block; }
      .more:not(:has([open])) { display: none; }
      section { padding-top: .8rem; }
      h2, h3, h4, figcaption, .lead { break-after: avoid; }
      figure, .figure, .bar, tr, .caveats { break-inside: avoid; }
      .flame svg { min-width: 0; }
      a { text-decoration: none; }
    }
    """
}
