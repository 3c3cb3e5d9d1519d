/** By name of the benchmark. @type {Record<string, string>} */
export const HELP = {
  pairs: `npm run bench -- pairs [--against <commit>] [--rounds 10] [--seconds 3] [--parts warm,push]

Warm reads and durable pushes of this checkout against those of a former commit, the last release unless another is named. The former
commit is built in .local/former/<commit> the first time (some minutes) and kept. Both suites run beside each other, each with a MariaDB
and a Redis of its own; the two and a bare server are loaded in turns, each on one core, in rounds that end backwards (A B B A).

Prints the ratio of each pair by processor time per request (1.05: 5 % more), by MariaDB's, and by rate: the median of the rounds, the
quartiles, and a warning where they are further apart than the median is from 1. Ten rounds take about ten minutes. Exit code 1: requests
failed.`,
  broker: `npm run bench -- broker [--parts warm,refreshes,stampede] [--seconds 4] [--repeats 3] [--sizes 100,10000,100000]
                        [--readers 1,10,100]

warm       reads of one broker against a bare node:http server with the same key check and JSON: taken in turns, each on one core, the load on
           another one. Prints the ratio of the medians, latencies, memory, and what the reads asked of Redis and MySQL.
refreshes  the same reads while 50 tokens a second are replaced: those of others, then those that are read.
stampede   nobody has the token of one authorizer, and three processes want it many times at once: the broker, node-easywechat, nest-wechat.
           Counts the calls of WeChat, and how many of the tokens handed out are dead when all have theirs.

The broker runs with the files and options of its image (Dockerfile).`,
  ingestion: `npm run bench -- ingestion [--seconds 5] [--repeats 5] [--connections 64] [--soak 100000]

Pushes acknowledged after they were durable in MySQL, against a bare node:http server that only verifies and decrypts: taken in turns,
each on one core, the load on another one, with the files and options of the image. Again with WeChat's API hung (the broker waits for it) and with a subscriber of everything hung.
Before that, the memory after every 10,000 of many pushes, alone. --repeats 0 measures nothing else; --soak 0 leaves it out.`,
  release: `npm run bench -- release [--sizes 100,1000,10000] [--kills 2] [--concurrency 60]

A rollout of each size through the whole suite against the sandbox: ingestion, broker, release, MariaDB, Redis. The release app is
killed (SIGKILL) as often as asked in the middle of the largest one. Prints the time and each process's share of it per mini program,
WeChat's calls per mini program, memory, and whether anything was submitted or published twice.`,
};

export const USAGE = `npm run bench -- <${Object.keys(HELP).join(' | ')}> [options]`;
