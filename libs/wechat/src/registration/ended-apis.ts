/** An API that WeChat has switched off. */
export interface EndedApi {
  /** As WeChat writes it. */
  readonly path: string;
  /** `YYYY-MM-DD`, in Beijing. */
  readonly since: string;
  /** What does the same today. */
  readonly successor: string;
}

/** registration.md §0, §5.3: WeChat itself says only `-1 system error`, which sounds like a busy system. */
const ENDED: readonly EndedApi[] = [
  {
    path: '/cgi-bin/component/fastregisterweapp',
    since: '2026-04-30',
    successor: '/wxa/component/fastregisterenterpriseweapp',
  },
  {
    path: '/wxa/component/reusemchidfastnormalizebetaweapp',
    since: '2026-04-30',
    successor: '/wxa/component/fastnormalizebetaweapp',
  },
];

const BY_PATH: ReadonlyMap<string, EndedApi> = new Map(ENDED.map((api) => [api.path, api]));

/** @param path in any case: WeChat does not distinguish */
export const endedApi = (path: string): EndedApi | undefined => BY_PATH.get(path.toLowerCase());
