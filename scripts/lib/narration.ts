import { blue, bold, clip, dim, duration, green, interactive, pad, print, red, step, width } from './terminal.mjs';

const LINE_WIDTH = 92;
/** Facts may be longer than titles, up to the terminal's edge. */
const WIDEST = 116;
const LABEL_WIDTH = 16;
const INDENT = '      ';

/** Tells what happened within a step: a short label, and what there is to say. */
export type Tell = (label: string, text: string) => void;

export interface WalkFailure {
  readonly step: string;
  readonly message: string;
}

/** Prints the steps of a story one after the other: a numbered title with its time, then the facts below it. */
export class Narration {
  #number = 0;
  /** The step that is being told. */
  current = '';

  async chapter<T>(title: string, work: (tell: Tell) => Promise<T>): Promise<T> {
    this.#number += 1;
    this.current = title;
    const facts: [string, string][] = [];
    const begun = performance.now();
    const spinner = interactive ? step(title) : undefined;
    const head = (mark: string) => {
      const columns = Math.min(WIDEST, process.stdout.columns || WIDEST);
      spinner?.clear();
      const left = `${mark} ${bold(String(this.#number).padStart(2))}  ${bold(title)}`;
      const took = dim(shortTime(performance.now() - begun));
      print(`${pad(left, LINE_WIDTH - width(took))}${took}`);
      for (const [label, text] of facts)
        for (const [index, line] of wrapList(text, columns - INDENT.length - LABEL_WIDTH).entries())
          print(`${INDENT}${blue(pad(index === 0 ? label : '', LABEL_WIDTH))}${line}`);
    };
    try {
      const result = await work((label, text) => facts.push([label, text]));
      head(green('✓'));
      return result;
    } catch (error) {
      head(red('✗'));
      throw error;
    }
  }

  heading(text: string): void {
    print(`${bold(text)}\n${dim('─'.repeat(LINE_WIDTH))}`);
  }
}

/** A long list goes on in the next line; what has no comma to break at is cut. */
export function wrapList(text: string, columns: number): string[] {
  const lines = [''];
  for (const item of text.split(/(?<=, )/)) {
    const line = `${lines.at(-1)}${item}`;
    if (lines.at(-1) === '' || width(line.trimEnd()) <= columns) lines[lines.length - 1] = line;
    else lines.push(item);
  }
  return lines.length <= 3 && lines.every((line) => width(line.trimEnd()) <= columns)
    ? lines.map((line) => line.trimEnd())
    : [clip(text, columns)];
}

/** Milliseconds below a second, otherwise seconds. */
export function shortTime(ms: number): string {
  return ms < 1 ? `${Math.round(ms * 1000)} µs` : ms < 1000 ? `${Math.round(ms)} ms` : duration(ms);
}
