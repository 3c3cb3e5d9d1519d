import { Html } from './html.domain.js';

export const STATE_STYLE = new Html(`
:root { --green: #07c160; --ink: #1d2129; --soft: #5f6773; --line: #eceef0; --bg: #f4f6f5; --card: #fff; --good: #e7f8ee; --bad: #ffece8; --busy: #fff7e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #8b949e; --line: #2a3036; --bg: #111518; --card: #1a1f24; --good: #123524; --bad: #42201c; --busy: #3b3114; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 14px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
header { padding: 14px 24px; background: var(--card); border-bottom: 1px solid var(--line); display: flex; align-items: center; gap: 10px; font-size: 16px; flex-wrap: wrap; }
.logo { width: 24px; height: 24px; border-radius: 8px; background: var(--green); }
.sub, small { color: var(--soft); font-size: 12px; font-weight: 400; }
td small { display: block; white-space: nowrap; }
main { max-width: 1320px; margin: 0 auto; padding: 20px 24px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 12px; }
.tile { background: var(--card); border-radius: 12px; padding: 12px 16px; border: 1px solid var(--line); }
.tile span { color: var(--soft); font-size: 12px; display: block; }
.tile b { font-size: 20px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tile:last-child b { font-size: 14px; line-height: 30px; }
.tile:last-child { grid-column: span 2; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; margin-top: 16px; padding: 14px 16px; min-width: 0; }
h2 { font-size: 15px; margin: 0 0 8px; }
.two { display: grid; grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr); gap: 0 16px; align-items: start; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
main > section table { min-width: 560px; }
th { text-align: left; font-size: 12px; font-weight: 500; color: var(--soft); white-space: nowrap; }
th, td { padding: 6px 8px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; }
code { font: 12px ui-monospace, SFMono-Regular, Menlo, monospace; white-space: nowrap; }
.time { white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; }
.tag { display: inline-block; padding: 0 8px; border-radius: 999px; background: var(--line); font-size: 12px; white-space: nowrap; }
.tag.good { background: var(--good); } .tag.bad { background: var(--bad); } .tag.busy { background: var(--busy); }
.empty { color: var(--soft); text-align: center; padding: 18px; }
button { font: inherit; font-size: 12px; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 2px 8px; cursor: pointer; white-space: nowrap; }
button:hover { border-color: var(--green); }
.actions { display: inline-flex; flex-wrap: wrap; gap: 6px; margin: 2px 0; }
td .actions { display: flex; margin-top: 6px; }
.bar { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; }
.scroll { background: linear-gradient(to right, var(--card) 30%, transparent), linear-gradient(to left, var(--card) 30%, transparent) 100% 0, linear-gradient(to right, rgb(0 0 0 / 22%), transparent), linear-gradient(to left, rgb(0 0 0 / 22%), transparent) 100% 0; background-repeat: no-repeat; background-size: 40px 100%, 40px 100%, 12px 100%, 12px 100%; background-attachment: local, local, scroll, scroll; }
#said { position: fixed; bottom: 16px; left: 50%; transform: translateX(-50%); margin: 0; padding: 10px 16px; max-width: 90vw; border-radius: 8px; background: var(--ink); color: var(--card); }
dialog { width: min(760px, 92vw); border: 1px solid var(--line); border-radius: 12px; background: var(--card); color: var(--ink); }
dialog pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; }
@media (max-width: 900px) { .two { grid-template-columns: minmax(0, 1fr); } main { padding: 12px; } }
`);

export const STATE_SCRIPT = new Html(`
const live = document.getElementById('live');

async function refresh() {
  try {
    const answer = await fetch('/_control/page');
    if (answer.ok) live.innerHTML = await answer.text();
  } catch {}
}
setInterval(() => { if (!document.hidden) void refresh(); }, 2000);

function say(text) {
  const said = document.getElementById('said');
  said.textContent = text;
  said.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { said.hidden = true; }, 4000);
}

async function act({ path, method, body, ask, member }) {
  const sent = JSON.parse(body);
  if (ask) {
    const answer = prompt(ask);
    if (answer === null) return;
    if (answer) sent[member] = answer;
  }
  const answer = await fetch(path, { method, ...(method === 'POST' && { body: JSON.stringify(sent), headers: { 'content-type': 'application/json' } }) });
  const document_ = await answer.json().catch(() => ({}));
  say(answer.ok ? '✓' : String(document_.message ?? answer.status));
  await refresh();
}

async function showPush(id) {
  const push = await (await fetch('/_control/pushes/' + id)).json();
  const dialog = document.getElementById('content');
  dialog.querySelector('pre').textContent = [push.xml, push.reply && '↩ ' + push.reply, ...push.tries.map((one) => one.status + ' ' + one.ms + ' ms ' + (one.error ?? one.answer))].filter(Boolean).join('\\n\\n');
  dialog.showModal();
}

document.addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  if (button?.dataset.path) void act(button.dataset);
  if (button?.dataset.push) void showPush(button.dataset.push);
});
`);
