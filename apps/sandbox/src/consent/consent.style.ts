import { Html } from '../state/html.domain.js';

export const CONSENT_STYLE = new Html(`
:root { color-scheme: light dark; --green: #07c160; --primary: #067d3f; --ink: #1d2129; --soft: #646c78; --line: #e5e6eb; --bg: #f4f6f5; --card: #fff; --hover: #f2faf5; --quiet: #f0f1f2; --warn: #b82e06; --warn-line: #ffbb96; --bad: #a8071a; --bad-bg: #fff2f0; --mark-bad: #c8372d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #9aa3ad; --line: #2f353c; --bg: #111518; --card: #1a1f24; --hover: #16281f; --quiet: #2a3037; --warn: #ff9c6e; --warn-line: #7a3b1e; --bad: #ffa39e; --bad-bg: #42201c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
header { background: var(--card); border-bottom: 1px solid var(--line); padding: 12px 20px; display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; }
header i { color: var(--soft); font-size: 12px; font-style: normal; }
.logo { width: 22px; height: 22px; border-radius: 7px; background: var(--green); }
main { max-width: 880px; margin: 24px auto; background: var(--card); border-radius: 14px; padding: 24px; box-shadow: 0 8px 30px rgb(0 0 0 / 5%); }
.mobile main { max-width: 460px; }
h1 { font-size: 20px; margin: 0; font-weight: 500; }
.who p { color: var(--soft); margin: 4px 0 16px; font-size: 13px; }
small { color: var(--soft); font-weight: 400; font-size: 12px; }
.row small { display: block; overflow-wrap: anywhere; }
.search label { display: block; color: var(--soft); font-size: 13px; margin-bottom: 4px; }
input#search { width: 100%; padding: 9px 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: inherit; font: inherit; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; margin-top: 16px; }
.mobile .columns { grid-template-columns: 1fr; }
fieldset { border: 1px solid var(--line); border-radius: 10px; padding: 6px 10px 10px; margin: 0; min-width: 0; max-height: 440px; overflow: auto; }
legend { padding: 0 6px; font-weight: 600; }
.row { display: flex; gap: 10px; align-items: center; padding: 8px 6px; border-radius: 8px; cursor: pointer; }
.row:hover { background: var(--hover); }
.row:has(input:focus-visible) { outline: 2px solid var(--green); }
.row input { accent-color: var(--primary); width: 17px; height: 17px; flex: none; }
.row b { font-weight: 500; overflow-wrap: anywhere; }
.row em { font-style: normal; font-size: 11px; color: var(--warn); border: 1px solid var(--warn-line); border-radius: 4px; padding: 0 4px; margin-left: 6px; }
.avatar { width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center; color: #fff; background: #576b95; flex: none; }
.avatar.miniprogram { background: var(--primary); border-radius: 10px; }
.sets[data-kind="mp"] .row.miniprogram, .sets[data-kind="miniprogram"] .row.mp, .sets[data-kind=""] .row { display: none; }
.buttons { display: flex; gap: 12px; margin-top: 20px; justify-content: center; flex-wrap: wrap; }
button { min-width: 168px; padding: 11px 20px; border-radius: 9px; border: 0; background: var(--quiet); color: inherit; font: inherit; font-weight: 500; cursor: pointer; }
button.primary { background: var(--primary); color: #fff; }
.error { background: var(--bad-bg); color: var(--bad); padding: 10px 14px; border-radius: 8px; }
.empty { color: var(--soft); text-align: center; padding: 20px 8px; }
.note { text-align: center; padding: 32px 8px; }
.note p { color: var(--soft); overflow-wrap: anywhere; }
.badge { display: inline-grid; place-items: center; width: 64px; height: 64px; border-radius: 50%; background: var(--primary); color: #fff; font-size: 32px; margin-bottom: 16px; }
.badge.bad { background: var(--mark-bad); }
@media (max-width: 640px) { main { margin: 0; border-radius: 0; padding: 16px; } .columns { grid-template-columns: 1fr; } button { flex: 1; } fieldset { max-height: none; } }
`);

export const CONSENT_SCRIPT = new Html(`
for (const radio of document.querySelectorAll('input[name=merchant]')) {
  radio.addEventListener('change', () => { document.querySelector('.sets').dataset.kind = radio.dataset.kind; });
}
`);
