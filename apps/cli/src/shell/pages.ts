type Environment = Readonly<Record<string, string | undefined>>;

// biome-ignore lint/style/noProcessEnv: of the terminal, not of the installation, and named also when configuration is wrong
const terminal = (): Environment => process.env;

/**
 * The page of the documentation that a person reads: the Chinese one when the terminal's language is Chinese. `npm start` asks it, too.
 * @param page without ending, such as `docs/cli`
 * @param env `LC_ALL` goes before `LC_MESSAGES`, and that before `LANG`, as everywhere (POSIX, 8.2)
 */
export function pageFor(page: string, env: Environment = terminal()): string {
  const language = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return `${page}${/^zh(?![a-z])/i.test(language) ? '.zh-CN' : ''}.md`;
}

/** Where ingestion.md says how pushes that were set aside are put back. */
export function setAsidePage(env?: Environment): string {
  const page = pageFor('docs/ingestion', env);
  return `${page.endsWith('.zh-CN.md') ? '一次推送会经过什么' : 'What happens to a push'}, ${page}`;
}

/** "What Redis must allow" in operations.md, by its heading there. */
export function redisRightsPage(env?: Environment): string {
  const page = pageFor('docs/operations', env);
  return `"${page.endsWith('.zh-CN.md') ? 'Redis 必须允许什么' : 'What Redis must allow'}" in ${page}`;
}
