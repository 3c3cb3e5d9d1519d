import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RolloutView } from '#openapi/release';
import { OPERATIONS } from '../../../src/operations/operations.ts';
import { call } from '../api/call.ts';
import { useMay } from '../api/hooks.ts';
import { useTexts } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';

type Action = 'pause' | 'resume' | 'abort';
const IDS = { pause: 'RolloutController_pause', resume: 'RolloutController_resume', abort: 'RolloutController_abort' } as const;
const FROM: Readonly<Record<Action, readonly string[]>> = {
  pause: ['running', 'waiting'],
  resume: ['paused'],
  abort: ['running', 'waiting', 'paused'],
};

/** What can be done with it now; what somebody may not do is seen, with why. Nothing is shown as done before the app has answered. */
export function RolloutActions({ rollout }: { readonly rollout: RolloutView }) {
  const { t } = useTexts();
  const may = useMay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Action>();
  const [done, setDone] = useState('');
  const { counts, rollout_id: id } = rollout;
  const a = t.rollouts.actions;
  const open = counts.total - counts.succeeded - counts.failed - counts.skipped;
  const texts: Readonly<Record<Action, readonly [title: string, text: string]>> = {
    pause: [a.pauseTitle, a.pauseText],
    resume: [a.resumeTitle, a.resumeText],
    abort: [a.abortTitle, a.abortText(open)],
  };
  return (
    <>
      <span role="status" className="self-center text-sm font-medium text-good">
        {done}
      </span>
      {(['pause', 'resume', 'abort'] as const)
        .filter((action) => FROM[action].includes(rollout.state))
        .map((action) => (
          <Button
            key={action}
            kind={action === 'abort' ? 'danger' : action === 'resume' ? 'main' : 'plain'}
            denied={may(OPERATIONS[IDS[action]].permission) ? undefined : t.denied(OPERATIONS[IDS[action]].permission)}
            onClick={() => setAsked(action)}
          >
            {a[action]}
          </Button>
        ))}
      {asked ? (
        <Confirm
          open
          onClose={() => setAsked(undefined)}
          title={texts[asked][0]}
          text={texts[asked][1]}
          noteLabel={a.note}
          failed={a.failed}
          kind={asked === 'abort' ? 'danger' : 'main'}
          yes={a[asked]}
          act={async (note) => {
            try {
              await call(IDS[asked], { path: { rollout_id: id }, body: note === '' ? {} : { note } });
              setDone(a.done[asked]);
            } finally {
              // Also after a refusal: somebody else may have been first.
              await client.invalidateQueries();
            }
          }}
        />
      ) : null}
    </>
  );
}
