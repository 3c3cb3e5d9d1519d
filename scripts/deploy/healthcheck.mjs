// Docker's health command inside the images: asks the process beside it, without curl or a shell. Plain JavaScript on purpose.
//   node healthcheck.mjs [<variable that holds the port> [<path>]]
const [variable = 'MANAGEMENT_PORT', path = '/health/ready'] = process.argv.slice(2);
const port = process.env[variable];
try {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(3_000) });
  if (!response.ok) {
    process.stderr.write(`${path} answered ${response.status}: ${(await response.text()).slice(0, 1_000)}\n`);
    process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${path} on port ${port} does not answer: ${error.cause?.code ?? error.name}\n`);
  process.exitCode = 1;
}
