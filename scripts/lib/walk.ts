import { Narration, type WalkFailure } from './narration.ts';
import { bold, dim, duration, green, print } from './terminal.mjs';
import { authorize } from './walk-authorize.ts';
import { WalkContext, type WalkSettings } from './walk-context.ts';
import { onboard } from './walk-onboard.ts';
import { release } from './walk-release.ts';
import { rollOut } from './walk-rollout.ts';
import { finalRows, readToken, ticket } from './walk-tokens.ts';

/**
 * Takes the main job through once, on the running suite, and tells each step.
 * @returns what failed, or undefined.
 */
export async function walk(settings: WalkSettings): Promise<WalkFailure | undefined> {
  const begun = performance.now();
  const story = new Narration();
  let context: WalkContext | undefined;
  try {
    context = await WalkContext.open(settings);
    // Somebody may have let the auditor decide by himself; the walk decides.
    const former = await context.control<{ audit_mode: string }>('GET', '/settings');
    await context.control('PATCH', '/settings', { audit_mode: 'manual' });
    story.heading('The main job, once through');
    await ticket(story, context);
    const merchant = await authorize(story, context);
    await readToken(story, context, merchant);
    await release(story, context, merchant);
    await rollOut(story, context);
    await onboard(story, context);
    await finalRows(story, context);
    await context.control('PATCH', '/settings', { audit_mode: former.audit_mode });
    print(
      `\n${green('●')} ${bold('The main job is done')} ${dim(`in ${duration(performance.now() - begun)}, over HTTP, between real processes`)}`,
    );
    return undefined;
  } catch (error) {
    return { step: story.current || 'connect', message: error instanceof Error ? error.message : String(error) };
  } finally {
    await context?.close();
  }
}
