/** One pair of WeChat's own test accounts, used by the full-network release check (authorization.md §4). */
export interface ReleaseCheckPair {
  readonly officialAccount: { readonly appid: string; readonly userName: string };
  readonly miniProgram: { readonly appid: string; readonly userName: string };
}

function pair(oaAppid: string, oaUser: string, mpAppid: string, mpUser: string): ReleaseCheckPair {
  return { officialAccount: { appid: oaAppid, userName: oaUser }, miniProgram: { appid: mpAppid, userName: mpUser } };
}

/** WeChat picks one of the five at random. They are never tenants. */
export const RELEASE_CHECK_PAIRS: readonly ReleaseCheckPair[] = [
  pair('wx570bc396a51b8ff8', 'gh_3c884a361561', 'wxd101a85aa106f53e', 'gh_8dad206e9538'),
  pair('wx9252c5e0bb1836fc', 'gh_c0f28a78b318', 'wxc39235c15087f6f3', 'gh_905ae9d01059'),
  pair('wx8e1097c5bc82cde9', 'gh_3f222ed8d140', 'wx7720d01d4b2a4500', 'gh_393666f1fdf4'),
  pair('wx14550af28c71a144', 'gh_26128078e9ab', 'wx05d483572dcd5d8b', 'gh_39abb5d4e1b7'),
  pair('wxa35b9c23cfe664eb', 'gh_2b3713f184a6', 'wx5910277cae6fd970', 'gh_7818dcb60240'),
];

const accounts = RELEASE_CHECK_PAIRS.flatMap(({ officialAccount, miniProgram }) => [officialAccount, miniProgram]);
const appids: ReadonlySet<string> = new Set(accounts.map(({ appid }) => appid));
const userNames: ReadonlySet<string> = new Set(accounts.map(({ userName }) => userName));

export function isReleaseCheckAppid(appid: string): boolean {
  return appids.has(appid);
}

/** @param userName original id, `gh_…`. */
export function isReleaseCheckUserName(userName: string): boolean {
  return userNames.has(userName);
}
