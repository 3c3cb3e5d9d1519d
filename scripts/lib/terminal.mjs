// What the scripts print. Plain JavaScript without packages: the first start uses it before anything is installed.

const env = process.env;

/** True when a person watches: lines may be redrawn. */
export const interactive = Boolean(process.stdout.isTTY) && !env.CI && env.TERM !== 'dumb';
const coloured = !env.NO_COLOR && (interactive || (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0'));

/** @param {number} open @param {number} close */
const paint = (open, close) => (/** @type {string | number} */ text) =>
  coloured ? `\u001b[${open}m${text}\u001b[${close}m` : `${text}`;
export const bold = paint(1, 22);
export const dim = paint(2, 22);
export const red = paint(31, 39);
export const green = paint(32, 39);
export const yellow = paint(33, 39);
export const blue = paint(34, 39);
export const magenta = paint(35, 39);
export const cyan = paint(36, 39);

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Without a terminal to redraw, a step that takes long says so this often. */
const PLAIN_EVERY_MS = 10_000;
const TITLE_WIDTH = 22;

/** Prints a line. @param {string} [line] */
export function print(line = '') {
  process.stdout.write(`${line}\n`);
}

/** "0.4 s", "12 s", "2 min 5 s". @param {number} ms */
export function duration(ms) {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Columns as seen: without colour codes, wide characters counted twice. @param {string} text */
export function width(text) {
  let columns = 0;
  for (const part of text.split(COLOUR)) {
    if (COLOUR.test(part)) continue;
    for (const char of part) columns += WIDE.test(char) ? 2 : 1;
  }
  return columns;
}

/** @param {string} text @param {number} columns */
export function pad(text, columns) {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Han and emoji take two columns. */
const WIDE = /\p{Script=Han}|\p{Emoji_Presentation}|[\u3000-\u303f\uff00-\uff60]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one
const COLOUR = /(\u001b\[\d+m)/;

/**
 * Cuts to a number of columns as seen; colour codes count nothing and are kept.
 * @param {string} text
 * @param {number} [columns] the terminal's width if not given
 */
export function clip(text, columns = (process.stdout.columns || 100) - 1) {
  if (width(text) <= columns) return text;
  let room = columns - 1;
  let cut = '';
  for (const part of text.split(COLOUR)) {
    if (COLOUR.test(part)) cut += part;
    else {
      for (const char of part) {
        const needs = WIDE.test(char) ? 2 : 1;
        if (room < needs) room = 0;
        if (room >= needs) {
          cut += char;
          room -= needs;
        }
      }
    }
  }
  return `${cut}…`;
}

/**
 * A step that takes time: a spinner for a person, plain lines otherwise. End it with `done`, `fail` or `skip`.
 * @param {string} title
 */
export function step(title) {
  const begun = Date.now();
  let note = '';
  let lastPlain = begun;
  let frame = 0;
  let open = true;
  const head = pad(title, TITLE_WIDTH);

  const draw = () => {
    if (interactive) {
      frame += 1;
      const text = `${FRAMES[frame % FRAMES.length]} ${head} ${duration(Date.now() - begun)}  ${note}`;
      process.stdout.write(`\r\u001b[2K${clip(text)}`);
    } else if (Date.now() - lastPlain >= PLAIN_EVERY_MS) {
      lastPlain = Date.now();
      print(`… ${head} ${duration(Date.now() - begun)}  ${note}`);
    }
  };
  const timer = setInterval(draw, interactive ? 100 : 1000);
  if (interactive) draw();

  /** @param {string} mark @param {string} text */
  const end = (mark, text) => {
    if (!open) return;
    open = false;
    clearInterval(timer);
    if (interactive) process.stdout.write('\r\u001b[2K');
    const took = Date.now() - begun;
    print(`${mark} ${head} ${text}${took >= 100 ? dim(`${text ? '  ' : ''}${duration(took)}`) : ''}`);
  };
  return {
    /** What goes on right now. @param {string} text */
    note(text) {
      note = text;
    },
    /** @param {string} [text] */
    done: (text = '') => end(green('✓'), text),
    /** @param {string} [text] */
    skip: (text = '') => end(dim('–'), dim(text)),
    /** @param {string} [text] */
    fail: (text = '') => end(red('✗'), red(text)),
    /** Takes the step off the screen again, for callers that print their own end. */
    clear() {
      open = false;
      clearInterval(timer);
      if (interactive) process.stdout.write('\r\u001b[2K');
    },
    /** Milliseconds since the step began. */
    elapsed: () => Date.now() - begun,
  };
}

/**
 * Columns with aligned cells.
 * @param {readonly (readonly string[])[]} rows
 * @param {string} [indent]
 */
export function table(rows, indent = '  ') {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) => Math.max(...rows.map((row) => width(row[index] ?? ''))));
  for (const row of rows) {
    const cells = row.map((cell, index) => (index === row.length - 1 ? cell : pad(cell, widths[index] ?? 0)));
    print(`${indent}${cells.join('  ')}`);
  }
}
