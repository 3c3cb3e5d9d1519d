export const HELP = `npm run examples: the recipes of docs/examples, run as their users run them, against the sandbox's WeChat.

  npm run examples                  all of them
  npm run examples -- java go       only these: java, php, go, python, node, replier
  npm run examples -- --verbose     also show what the programs and their package managers print
  npm run examples -- --help        this text

  A recipe is installed with its own package manager in a temporary folder: Maven, Composer, Go modules, pip, npm. One whose toolchain
  is not here, or whose packages cannot be had, is skipped, and it is said why. The suite of a running \`npm start\` is used; if none
  runs, one is started and stopped again. Exit code 1 if a recipe failed. .NET is not run: nothing here can.`;
