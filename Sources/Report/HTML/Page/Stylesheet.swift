/// How the page looks: in both colour schemes, on a phone, on paper.
///
/// Colours of devices and of steps come from Okabe and Ito's palette, or are steps of lightness of one hue, so that
/// people who see colours differently can tell them apart; no figure is told by colour alone.
enum Stylesheet {
  static let text = colours + page + tables + charts + paper

  /// Every colour of the page, once for each scheme.
  private static let colours = """
    :root {
      color-scheme: light dark;
      --paper: #fff; --panel: #f6f7f8; --ink: #1b1f24; --soft: #59636e; --rule: #d5dade; --link: #0b5cad;
      --good: #1a7f5a; --bad: #b33a00; --warn-paper: #fff6dd; --warn-rule: #d9a400; --hover: #eef3f8;
      --c1: #0072b2; --c2: #e69f00; --c3: #009e73; --c4: #cc79a7; --c5: #56b4e9; --c6: #d55e00; --c0: #8a9199;
      --s1: #08519c; --s2: #4292c6; --s3: #9ecae1; --s4: #a63603; --s5: #f16913; --s6: #fdbe85; --s7: #737373;
      --fill: #4a7fb0; --beyond: #d55e00; --mark: #1b1f24; --loss: #b33a00;
      --flame-root: #e4e7ea; --flame-kernel: #f6d9a8; --flame-module: #a9d3ee; --flame-caller: #f0a04b;
      --flame-ink: #1b1f24;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14171a; --panel: #1d2125; --ink: #e4e7ea; --soft: #a0a9b2; --rule: #363d44; --link: #7cb9f2;
        --good: #4fc08d; --bad: #ff9063; --warn-paper: #2e2710; --warn-rule: #b58a14; --hover: #242b32;
        --c1: #3a97d4; --c2: #e9ad27; --c3: #1fb58c; --c4: #d893b9; --c5: #8fd0f5; --c6: #e8743a; --c0: #7d858d;
        --s1: #3b82c9; --s2: #7ab6e0; --s3: #c3def0; --s4: #c8551a; --s5: #f28a44; --s6: #fbc99b; --s7: #8c8c8c;
        --fill: #6ea3d3; --beyond: #e8743a; --mark: #e4e7ea; --loss: #ff9063;
        --flame-root: #2d343a; --flame-kernel: #6b5327; --flame-module: #285474; --flame-caller: #a85a10;
        --flame-ink: #f2f4f6;
      }
    }

    """

  private static let page = """
    * { box-sizing: border-box; }
    html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
    h1, h2, h3, h4, p, figure, dl, dd, ul, ol { margin: 0; }
    h1 { font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; line-height: 1.3; }
    h3 { font-size: .95rem; line-height: 1.35; }
    h4 { font-size: .85rem; margin-bottom: .35rem; }
    a { color: var(--link); text-underline-offset: .15em; }
    a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
      outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
    code { font: .92em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    button, input { font: inherit; font-size: .85rem; color: var(--ink); background: var(--paper);
      border: 1px solid var(--rule); border-radius: 5px; padding: .2rem .6rem; }
    button { cursor: pointer; }
    button:hover { background: var(--hover); }
    .skip { position: absolute; left: -999rem; }
    .skip:focus { left: .5rem; top: .5rem; background: var(--paper); padding: .5rem; z-index: 9; }
    header, .page, footer { max-width: 82rem; margin: 0 auto; padding: 0 1.25rem; }
    header { padding-top: 1.5rem; padding-bottom: 1rem; }
    .brand { font-size: .85rem; font-weight: 600; letter-spacing: .02em; }
    .brand span, .unit, .lead, .note, .axis, .part, .zero, footer { color: var(--soft); }
    .brand span { font-weight: 400; }
    .meta { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0 .5rem; color: var(--soft);
      font-size: .9rem; }
    .meta li { overflow-wrap: anywhere; min-width: 0; }
    .meta li:not(:last-child)::after { content: "·"; margin-left: .5rem; }
    .contents ol { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .9rem; }
    .contents { border-block: 1px solid var(--rule); padding: .5rem 0; }
    .contents a { text-decoration: none; }
    .contents a:hover { text-decoration: underline; }
    main { min-width: 0; }
    section { padding: 1.5rem 0 .5rem; }
    section + section { border-top: 1px solid var(--rule); margin-top: 1.25rem; }
    .lead { max-width: 46rem; margin: .25rem 0 .85rem; font-size: .92rem; }
    h2 + .scroll, h2 + .facts, h2 + p, h2 + .definitions { margin-top: .75rem; }
    .note, .axis { font-size: .82rem; margin-top: .3rem; }
    .sub { margin: 1.25rem 0 .4rem; }
    .unit { font-size: .82rem; font-weight: 400; }
    .def { color: inherit; text-decoration: underline dotted; }
    footer { padding-top: 1.5rem; padding-bottom: 2.5rem; font-size: .82rem; }
    .caveats { background: var(--warn-paper); border: 1px solid var(--warn-rule); border-left-width: 5px;
      border-radius: 5px; padding: .6rem .9rem; margin: .75rem 0; }
    .caveats ul, .problems { padding-left: 1.15rem; font-size: .92rem; overflow-wrap: anywhere; }
    .headline { font-size: 1.15rem; line-height: 1.4; margin: .6rem 0 1rem; max-width: 50rem; }
    .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: .75rem; }
    .figure { background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; padding: .7rem .9rem;
      border-top: 3px solid var(--rule); min-width: 0; }
    .figure h3 { font-size: .85rem; font-weight: 600; }
    .figure.good { border-top-color: var(--good); }
    .figure.bad { border-top-color: var(--bad); }
    .figure .value { font-size: 1.45rem; line-height: 1.25; font-variant-numeric: tabular-nums; margin: .1rem 0; }
    .figure.bad .value { color: var(--bad); }
    .figure .part { font-size: .87rem; line-height: 1.4; color: var(--ink); overflow-wrap: anywhere; }
    .facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; font-size: .9rem; }
    .facts dt { color: var(--soft); overflow-wrap: anywhere; max-width: 18rem; }
    .facts dd { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
    .definitions { columns: 26rem; column-gap: 2.5rem; font-size: .9rem; }
    .definitions dt { font-weight: 600; break-after: avoid; }
    .definitions dd { margin-bottom: .8rem; break-inside: avoid; }
    .definitions dt:target, .definitions dt:target + dd { background: var(--warn-paper); }
    summary { cursor: pointer; width: fit-content; max-width: 100%; }
    main > section > details, .time + details { margin-top: .75rem; font-size: .9rem; }
    main > section > details > .scroll { margin-top: .4rem; }
    @media (min-width: 70rem) {
      .page { display: grid; grid-template-columns: 11.5rem minmax(0, 1fr); gap: 2rem; }
      .contents { position: sticky; top: 1rem; align-self: start; border: 0; margin-top: 1.4rem; padding: 0; }
      .contents ol { flex-direction: column; gap: .25rem; }
    }
    @media (max-width: 34rem) {
      header, .page, footer { padding-left: .8rem; padding-right: .8rem; }
      .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
      .facts dd { margin-bottom: .35rem; }
    }

    """
}
