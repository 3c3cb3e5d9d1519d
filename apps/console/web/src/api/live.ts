import { useEffect, useState } from 'react';

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'paused';

/**
 * Server-sent events while the page is looked at: a hidden tab holds no connection. After it was seen again, or a connection was lost,
 * `onBack` reads what was missed.
 */
export function useLive(url: string | undefined, event: string, onEvent: (data: unknown) => void, onBack: () => void): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  // The newest callbacks, without a new connection for each.
  const [calls] = useState(() => ({ onEvent, onBack }));
  useEffect(() => {
    Object.assign(calls, { onEvent, onBack });
  });
  useEffect(() => {
    if (url === undefined) return;
    let source: EventSource | undefined;
    let lost = false;
    const close = () => {
      source?.close();
      source = undefined;
    };
    const open = () => {
      close();
      source = new EventSource(url);
      source.addEventListener('open', () => {
        if (lost) calls.onBack();
        lost = false;
        setState('live');
      });
      source.addEventListener(event, (message) => {
        setState('live');
        calls.onEvent(JSON.parse((message as MessageEvent<string>).data));
      });
      source.addEventListener('error', () => {
        lost = true;
        setState('reconnecting');
        // Refused for good, as when the session is over: the next question tells.
        if (source?.readyState === EventSource.CLOSED) {
          close();
          calls.onBack();
        }
      });
    };
    const look = () => {
      if (document.hidden) {
        close();
        lost = true;
        setState('paused');
      } else if (!source) open();
    };
    document.addEventListener('visibilitychange', look);
    look();
    return () => {
      document.removeEventListener('visibilitychange', look);
      close();
    };
  }, [url, event, calls]);
  return state;
}
