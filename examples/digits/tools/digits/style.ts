/** The page's look: one column, light and dark, down to the width of a small phone. */
export const style = `
:root { color-scheme: light dark; --ink: #16181d; --soft: #565d69; --paper: #fff; --card: #f4f5f7; --line: #e0e3e8; --accent: #1f5fe0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --soft: #a3aab6; --paper: #101216; --card: #191c22; --line: #2c313a; --accent: #7aa5ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 800px; margin: 0 auto; padding: clamp(24px, 5vw, 48px) clamp(16px, 4vw, 24px) 64px; }
h1 { font-size: clamp(26px, 5vw, 38px); line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.02em; }
h2 { font-size: 20px; margin: 48px 0 4px; }
p { margin: 4px 0 16px; color: var(--soft); max-width: 65ch; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px; margin: 24px 0 0; padding: 0; list-style: none; }
.cards li { background: var(--card); border-radius: 12px; padding: 14px 16px; font-size: 13px; line-height: 1.4; color: var(--soft); }
.cards b { display: block; font-size: 24px; letter-spacing: -0.01em; color: var(--accent); }
figure { margin: 0; }
figure img { display: block; width: 100%; image-rendering: pixelated; border-radius: 8px; }
figcaption { font-size: 13px; color: var(--soft); margin-top: 8px; }
.plot { background: var(--card); border-radius: 12px; padding: clamp(10px, 3vw, 20px); margin-bottom: 16px; }
.plot svg { display: block; width: 100%; max-width: 600px; margin: 0 auto; height: auto; }
.legend { list-style: none; display: flex; flex-wrap: wrap; justify-content: center; gap: 4px 20px; margin: 8px 0 0; padding: 0; font-size: 13px; color: var(--soft); }
.legend i { display: inline-block; width: 24px; margin-right: 8px; vertical-align: middle; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { text-align: right; padding: 7px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; overflow-wrap: normal; }
th { color: var(--soft); font-weight: 500; }
tr.groups th { border: 0; padding-bottom: 0; text-align: center; color: var(--ink); }
td:nth-child(n + 5) { color: var(--soft); }
td:nth-child(5), tr:not(.groups) th:nth-child(5) { border-left: 12px solid transparent; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 20px; margin: 12px 0 0; font-size: 15px; }
dt { color: var(--soft); }
dd { margin: 0; }
@media (max-width: 520px) { table { font-size: 12px; } th, td { padding: 6px 3px; } td:nth-child(5), tr:not(.groups) th:nth-child(5) { border-left-width: 4px; } dl { font-size: 14px; gap: 6px 12px; } }
`;
