/** Also shown when the component is not named. */
export const HELP = `Runs WeChat's full-network release check (全网发布接入检测) against a deployment, with the sandbox as WeChat.

  npm run release-check -- --component <appid> [--base-url <url of ingestion>] [--sandbox-url <url>] [--group 1..5]

  --component    appid of the component; the sandbox and the deployment must both know it, with the same keys
  --base-url     where ingestion is reached; default: the URLs the sandbox has for the component
  --sandbox-url  default http://127.0.0.1:3100
  --group        only this one of WeChat's five pairs of accounts; default: all five
`;
