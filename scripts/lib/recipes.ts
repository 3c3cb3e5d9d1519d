/** One program of docs/examples, and what it takes to run it. */
export interface Recipe {
  readonly name: string;
  /** Below docs/examples. */
  readonly folder: string;
  /** The SDK, as its users know it. */
  readonly sdk: string;
  /** Programs that must be on the PATH. */
  readonly needs: readonly string[];
  /** Shell commands in a copy of the folder: first those that fetch and build, then the program itself. */
  readonly install: readonly string[];
  readonly run: string;
}

export const RECIPES: readonly Recipe[] = [
  {
    name: 'java',
    folder: 'java',
    sdk: 'WxJava',
    needs: ['mvn', 'java'],
    install: ['mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=classpath'],
    run: 'java -cp "target/classes:$(cat classpath)" Example',
  },
  {
    name: 'php',
    folder: 'php',
    sdk: 'EasyWeChat',
    needs: ['php', 'composer'],
    install: ['composer install --no-interaction --no-progress'],
    run: 'php example.php',
  },
  {
    name: 'go',
    folder: 'go',
    sdk: 'silenceper/wechat',
    needs: ['go'],
    install: ['go mod tidy', 'go build -o run ./example'],
    run: './run',
  },
  {
    name: 'python',
    folder: 'python',
    sdk: 'wechatpy',
    needs: ['python3'],
    install: ['python3 -m venv venv', 'venv/bin/pip install -q --disable-pip-version-check -r requirements.txt'],
    run: 'venv/bin/python example.py',
  },
  {
    name: 'node',
    folder: 'node-easywechat',
    sdk: 'node-easywechat',
    needs: ['npm'],
    install: ['npm install --no-audit --no-fund --loglevel=error'],
    run: 'node example.mjs',
  },
];
