/** The page's style sheet: one palette in two themes, a grid that folds to one column, and paper. */
export const pageStyle = `
:root{color-scheme:light dark;
--ground:light-dark(#fff,#14171c);--text:light-dark(#1b1f24,#e6e8eb);--muted:light-dark(#5c636d,#a2a9b4);
--line:light-dark(#e6e8eb,#2a2f37);--faint:light-dark(#b4bac3,#59616d);--panel:light-dark(#f6f7f8,#1b1f26);
--chance:light-dark(#868d97,#8d95a1);
--clean:light-dark(#0072b2,#3d9fdc);--clean-ink:light-dark(#00659d,#62b5ea);
--noisy:light-dark(#d55e00,#f0792a);--noisy-ink:light-dark(#b34f00,#ff9550);
--test:light-dark(#009e73,#1fb88c);--test-ink:light-dark(#007a59,#43d1a7);
--repaired:light-dark(#56b4e9,#56b4e9);--repaired-ink:light-dark(#20719f,#7cc6f0);
--rule:light-dark(#b5508e,#dd86b8);--rule-ink:light-dark(#9c3d77,#eda3cc)}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 "Inter",system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:lining-nums}
main,.page-head{max-width:1200px;margin:0 auto;padding:0 28px}
.page-head{display:flex;justify-content:space-between;align-items:baseline;gap:16px;padding-top:22px;color:var(--muted);font-size:14px}
.page-head b{color:var(--text);letter-spacing:.02em}
button.theme{font:inherit;color:var(--muted);background:none;border:1px solid var(--line);border-radius:999px;padding:3px 12px;cursor:pointer}
button.theme:hover{color:var(--text);border-color:var(--faint)}
:focus-visible{outline:2px solid var(--clean);outline-offset:2px;border-radius:3px}
html:not(.scripted) button.theme{display:none}
h1,h2{font-size:clamp(26px,3.4vw,38px);line-height:1.18;letter-spacing:-.018em;font-weight:650;margin:26px 0 0;text-wrap:balance;overflow-wrap:anywhere}
.subtitle{color:var(--muted);margin:6px 0 0}
.lede{font-size:clamp(18px,1.75vw,22px);line-height:1.45;max-width:52em;margin:20px 0 26px;text-wrap:pretty}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,186px),1fr));gap:0 28px;margin:0 0 12px}
.tile{border-top:3px solid var(--tile);padding:10px 0 16px;display:flex;flex-direction:column-reverse;justify-content:flex-end}
.tile dt{font-size:14px;line-height:1.35;color:var(--text)}
.tile dd{margin:0;display:contents}
.tile dd b{order:1;font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.02em;white-space:nowrap;font-variant-numeric:tabular-nums}
/* A long rule may need a second line; one line is as tall as the numbers beside it. */
.tile.rule dd b{font-size:20px;line-height:24px;padding:6px 0;white-space:normal;text-wrap:balance}
.tile dd span{order:-1;font-size:13px;color:var(--muted)}
.tile.noisy{--tile:var(--noisy)}.tile.test{--tile:var(--test)}.tile.rule{--tile:var(--rule)}.tile.chance{--tile:var(--chance)}
.figures{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:52px 56px;margin:34px 0 48px;align-items:start}
figure{margin:0;min-width:0}
figure.wide,figure.beside,.configuration{grid-column:1/-1}
figure.beside{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));grid-template-rows:auto auto auto 1fr;gap:0 56px}
.beside h3{grid-column:1/-1}.beside .body{display:contents}
.beside .main{grid-column:1;grid-row:2/span 3}.beside .side,.beside figcaption,.beside details{grid-column:2}
h3{font-size:19px;line-height:1.3;font-weight:650;letter-spacing:-.01em;margin:0 0 12px;border-top:1px solid var(--line);padding-top:14px;text-wrap:balance}
h3 .number{color:var(--muted);font-weight:500;margin-right:.6em;font-variant-numeric:tabular-nums}
.plot{display:block;width:100%;height:auto;overflow:visible;font-family:inherit}
.plot text{white-space:pre}
figcaption{font-size:15px;line-height:1.5;color:var(--muted);margin-top:12px;max-width:44em;text-wrap:pretty}
.axis-title{font-size:13px;color:var(--muted);margin:6px 0 2px}
.axis-title.centre{text-align:center}
.axis-title.halves{display:grid;grid-template-columns:1fr 1fr;gap:0 4%}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:3px 18px;margin:0 0 12px;padding:0;font-size:14px;color:var(--text)}
.legend li{display:flex;align-items:center;gap:7px}
.swatch{flex:none;width:13px;height:13px;background:var(--swatch);border-radius:2px}
.swatch.dot{width:11px;height:11px;border-radius:50%}
.swatch.ring{width:12px;height:12px;border-radius:50%;background:none;border:2.5px solid var(--swatch)}
.swatch.diamond{width:10px;height:10px;transform:rotate(45deg);border-radius:0}
.swatch.hollow{background:none;border:1px solid var(--faint)}
.swatch.dash{background:none;border-radius:0;height:0;width:18px;border-top:2px dashed var(--swatch)}
.absent{font-size:14px;color:var(--muted);background:var(--panel);border-radius:6px;padding:10px 14px;margin:10px 0}
.absent b{color:var(--text)}
.rules{margin:14px 0 0;border-left:3px solid var(--rule);padding-left:14px;font-size:14px;line-height:1.45}
.rules p{margin:0 0 6px;color:var(--muted)}
.rules div{display:flex;gap:0 12px;flex-wrap:wrap}
.rules dt{font-weight:600;flex:0 0 186px}.rules dd{margin:0;flex:1 1 220px;color:var(--rule-ink);font-weight:500;overflow-wrap:anywhere}
.panels{display:grid;gap:26px 56px;margin-bottom:12px}
.panels.two{grid-template-columns:repeat(2,minmax(0,1fr))}
.panels.five{grid-template-columns:repeat(5,minmax(0,1fr));gap:20px}
.panel-title{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px;margin:0 0 6px;font-size:15px}
.panel-title span{color:var(--muted)}
.pixels{display:block;width:100%;height:auto;image-rendering:pixelated;border:1px solid var(--line)}
.panel-numbers{display:grid;font-size:13px;line-height:1.45;margin:6px 0 0;color:var(--muted)}
.panel-numbers span{display:flex;justify-content:space-between;gap:6px}
.clean b,.clean dd{color:var(--clean-ink)}.noisy b,.noisy dd{color:var(--noisy-ink)}.test b,.test dd{color:var(--test-ink)}
.tile b{color:var(--text)!important}
html:not(.scripted) .live{display:none}
html:not(.scripted) .lambda-marker{display:none}
html:not(.scripted) .path-side{max-width:720px}
html.scripted .path-panels{display:none}
.path-view{display:grid;gap:24px 48px;align-items:end;margin-bottom:18px}
html.scripted .path-view{grid-template-columns:minmax(0,5fr) minmax(0,7fr)}
.readout{display:grid;grid-template-columns:repeat(4,auto);justify-content:space-between;gap:4px 20px;margin:0 0 18px}
.readout dt{font-size:14px;color:var(--muted)}
.readout dd{margin:0;font-size:28px;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums;letter-spacing:-.02em;white-space:nowrap}
/* The middle of the thumb, 16 px wide, travels exactly along the chart's x axis. */
.range input{display:block;width:calc(100% + 16px);height:28px;margin:2px -8px 0;accent-color:var(--text);cursor:pointer}
.ends{display:flex;justify-content:space-between;font-size:13px;color:var(--muted);margin:0}
details{margin-top:10px;font-size:14px}
summary{cursor:pointer;color:var(--muted);width:fit-content}
summary:hover{color:var(--text)}
.scroll{overflow:auto;max-height:420px;margin-top:8px;border:1px solid var(--line);border-radius:6px}
table{border-collapse:collapse;width:100%;font-size:13px;line-height:1.4;font-variant-numeric:tabular-nums}
th,td{padding:4px 10px;text-align:right;vertical-align:top}
th:first-child,tr>:nth-child(2):last-child{text-align:left}
thead th{position:sticky;top:0;background:var(--panel);font-weight:600;vertical-align:bottom}
tbody th{font-weight:500}
tbody tr+tr{border-top:1px solid var(--line)}
.configuration .tables{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:20px 56px;align-items:start}
.configuration .scroll{max-height:none}
.configuration td{overflow-wrap:anywhere;white-space:pre-wrap}
.configuration .axis-title{margin-top:18px}
.command{background:var(--panel);border-radius:6px;padding:12px 16px;margin:4px 0;font-size:14px;white-space:pre-wrap;overflow-wrap:anywhere}
code{font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.93em}
.hash{font-size:14px;color:var(--muted);overflow-wrap:anywhere}
.contents{margin:26px 0}
.contents td,.contents th{text-align:left;padding:7px 12px}
.contents a,a{color:var(--clean-ink)}
.study+.study{border-top:2px solid var(--text);margin-top:40px}
.terms{margin:18px 0 0;color:var(--muted);font-size:13px}
@media (max-width:860px){
main,.page-head{padding-left:18px;padding-right:18px}
.figures{grid-template-columns:minmax(0,1fr);gap:44px}
figure.beside{display:block}
html.scripted .path-view,.configuration .tables{grid-template-columns:minmax(0,1fr)}
.readout{grid-template-columns:repeat(2,minmax(0,1fr))}
.panels.five{grid-template-columns:repeat(2,minmax(0,1fr))}
.tiles{grid-template-columns:repeat(2,minmax(0,1fr));gap:0 18px}
.tile.rule{grid-column:1/-1;order:9}
}
@media (max-width:520px){
.panels.two{grid-template-columns:minmax(0,1fr)}
.tile dd b{font-size:26px}
}
@media print{
@page{size:A4;margin:15mm 14mm}
:root,:root[data-theme]{color-scheme:light}
html{print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{font-size:10.5pt}
main,.page-head{max-width:none;padding:0}
.page-head{padding-top:0}
button.theme,details,.live{display:none!important}
html.scripted .path-panels,.path-panels{display:grid}
html.scripted .path-view{display:block;max-width:100mm;margin-bottom:2mm}
h1,h2{font-size:22pt;margin-top:6mm}
.lede{font-size:12.5pt;margin:4mm 0}
.tiles{grid-template-columns:repeat(auto-fit,minmax(30mm,1fr));gap:0 5mm}
.tile.rule{grid-column:auto;order:0}
.tile dd b{font-size:16pt}.tile.rule dd b{font-size:10.5pt;line-height:6.8mm;letter-spacing:-.02em}
.tile dt,.tile dd span{font-size:8.5pt}
.figures{grid-template-columns:repeat(2,minmax(0,1fr));gap:7mm 9mm;margin:4mm 0 0}
figure,.configuration{break-inside:avoid}
figure.beside{grid-template-columns:repeat(2,minmax(0,1fr));gap:0 9mm;display:grid}
h3{font-size:11.5pt;margin-bottom:2mm;padding-top:2mm;break-after:avoid}
figcaption{font-size:9pt;line-height:1.4;margin-top:2mm}
.legend,.panel-title,.rules,.absent{font-size:8.5pt}
.axis-title,.panel-numbers{font-size:8pt}
.panels.five{grid-template-columns:repeat(5,minmax(0,1fr));gap:4mm}
.panels.two{grid-template-columns:repeat(2,minmax(0,60mm));gap:9mm}
.path-panels~.legend{display:none}
.panels.two .panel-title{font-size:8pt}
.configuration .tables{grid-template-columns:minmax(0,2fr) minmax(0,1fr);gap:8mm}
.configuration .scroll:first-child{columns:2;column-gap:8mm}
.configuration table{line-height:1.25}.configuration .axis-title,.terms{margin-top:2mm}.command{padding:1.5mm 3mm;font-size:8.5pt}.hash,.terms{font-size:8.5pt;margin-bottom:0}.hash{margin-top:2mm}
.scroll{border:0;overflow:visible}table{font-size:8pt}th,td{padding:1px 6px}
.study+.study{break-before:page;border:0;margin:0}
.lambda-marker{display:none}
}
`;

/** Runs before the page is drawn, so that what needs scripts never flashes. */
export const pageScript = `
(() => {
  const root = document.documentElement;
  root.classList.add('scripted');
  addEventListener('DOMContentLoaded', () => {
    const button = document.querySelector('button.theme');
    const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    const name = () => { button.textContent = isDark() ? 'Light' : 'Dark'; };
    button.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; name(); });
    name();
    for (const slider of document.querySelectorAll('[data-slider]')) {
      const points = JSON.parse(slider.querySelector('script').textContent);
      const figure = slider.closest('figure');
      const input = slider.querySelector('input');
      const image = slider.querySelector('image');
      const marker = figure.querySelector('.lambda-marker');
      const start = points[0].x;
      const show = () => {
        const point = points[Number(input.value)];
        image.setAttribute('href', point.field);
        for (const key of ['lambda', 'clean', 'noisy', 'test']) {
          slider.querySelector('[data-path="' + key + '"]').textContent = point[key];
        }
        input.setAttribute('aria-valuetext', 'λ ' + point.lambda + ': right labels ' + point.clean + ', wrong labels ' + point.noisy + ', unseen pairs ' + point.test);
        if (marker) marker.style.transform = 'translateX(' + (point.x - start) + 'px)';
      };
      input.addEventListener('input', show);
      show();
    }
    for (const head of document.querySelectorAll('table[data-sortable] thead th')) {
      head.tabIndex = 0;
      const sort = () => {
        const column = [...head.parentNode.children].indexOf(head);
        const down = head.ariaSort === 'ascending';
        for (const other of head.parentNode.children) other.ariaSort = 'none';
        head.ariaSort = down ? 'descending' : 'ascending';
        const body = head.closest('table').tBodies[0];
        const value = (row) => { const cell = row.cells[column]; return cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort); };
        const missing = (value) => value === '–';
        const order = (x, y) => missing(x) || missing(y) ? Number(missing(x)) - Number(missing(y)) : (down ? -1 : 1) * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en', { numeric: true }));
        body.append(...[...body.rows].map((row) => [value(row), row]).sort((x, y) => order(x[0], y[0])).map((pair) => pair[1]));
      };
      head.addEventListener('click', sort);
      head.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); sort(); } });
    }
  });
})();
`;
