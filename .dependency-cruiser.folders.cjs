const { options } = require('./.dependency-cruiser.cjs');

/** A pass of its own: it looks at products only, for a test may use whatever it likes from the folders beside its own. */
module.exports = {
  forbidden: [
    {
      name: 'no-folder-cycles',
      comment: 'Rooms have doors to one side: what two folders need stands in a third one. Types count as well.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
  ],
  options: { ...options, exclude: { path: '\\.(spec|int-spec|e2e-spec)\\.ts$|/testing/|^apps/[^/]+/test/' } },
};
