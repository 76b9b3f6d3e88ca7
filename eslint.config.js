import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom, lowest layer first. A package may import the layers named here and nothing else of the workspace.
 * `sandbox` stands beside `controller`: products never import it, but for `steward sandbox`, the demo and the tests.
 */
const LAYERS = {
  'libs/schedule': [],
  'libs/cli': ['schedule'],
  'libs/kube': ['schedule', 'cli'],
  'libs/controller': ['schedule', 'cli', 'kube'],
  'libs/plan': ['schedule', 'cli', 'kube', 'controller'],
  'libs/sandbox': ['schedule', 'kube'],
  'controllers/downscaler': ['schedule', 'cli', 'kube', 'controller', 'plan'],
  'controllers/recommender': ['schedule', 'cli', 'kube', 'controller', 'plan'],
  'controllers/janitor': ['schedule', 'cli', 'kube', 'controller', 'plan'],
  'controllers/steward': [
    'schedule',
    'cli',
    'kube',
    'controller',
    'plan',
    'sandbox',
    'downscaler',
    'janitor',
    'recommender',
  ],
};
const PACKAGES = [
  'schedule',
  'cli',
  'kube',
  'controller',
  'plan',
  'sandbox',
  'downscaler',
  'janitor',
  'recommender',
  'steward',
  'demo',
];

const boundaries = Object.entries(LAYERS).map(([folder, allowed]) => ({
  files: [`${folder}/src/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: PACKAGES.filter((name) => !allowed.includes(name)).map((name) => `@kube-steward/${name}`),
            message: `${folder} may import only: ${allowed.join(', ') || 'no other package'} (see LAYERS in eslint.config.js)`,
          },
          { group: ['@kube-steward/*/*'], message: "import a package's index, not its files" },
          ...(folder === 'libs/kube'
            ? []
            : [
                {
                  group: ['@kubernetes/client-node', '@kubernetes/client-node/*'],
                  message: 'only libs/kube talks to client-node',
                },
              ]),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/.tap/**', '**/node_modules/**', '**/.turbo/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['**/src/**/*.ts'],
    ignores: ['libs/schedule/src/clock.ts', 'libs/sandbox/**', 'demo/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'inject a Clock',
        },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'inject a Clock' },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'setTimeout', message: 'inject a Clock' },
        { name: 'setInterval', message: 'inject a Clock' },
      ],
    },
  },
  {
    files: ['**/test/**/*.ts', 'demo/**/*.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafePromises: [{ from: 'package', name: 'PromiseWithSubtest', package: '@tapjs/core' }] },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  ...boundaries,
);
