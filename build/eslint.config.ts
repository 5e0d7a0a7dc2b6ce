/** Lint rules: TypeScript's recommended type-checked set, Vue's recommended set, and docstrings on what a module exports. */
import jsdoc from 'eslint-plugin-jsdoc';
import vue from 'eslint-plugin-vue';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-eslint';
import { longFiles, mostLines } from './file-lengths.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export default ts.config(
  { ignores: ['dist/', 'release/', 'prebuilt/', 'node_modules/', 'test-results/'] },
  { files: ['**/*.ts', '**/*.vue'], extends: [...ts.configs.recommendedTypeChecked] },
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.ts', '**/*.vue'],
    plugins: { jsdoc },
    languageOptions: {
      parserOptions: {
        parser: ts.parser,
        project: [`${root}/tsconfig.json`, `${root}/e2e/tsconfig.json`, `${root}/renderer/tsconfig.json`],
        extraFileExtensions: ['.vue'],
        tsconfigRootDir: root,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'no-console': 'off',
      eqeqeq: 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'Date',
          property: 'now',
          message: 'People set this clock: performance.now() measures, shared/clock.ts compares stored moments.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "BinaryExpression[operator='-'] > CallExpression.right[callee.property.name=/^(parse|getTime|valueOf)$/]",
          message: 'The clock may have been set back between two moments: use secondsBetween of shared/clock.ts.',
        },
      ],
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true, MethodDefinition: true },
          // the type of a schema says nothing that the schema's own docstring, right above it, does not
          contexts: [
            'TSInterfaceDeclaration',
            'TSTypeAliasDeclaration:not([typeAnnotation.typeName.type="TSQualifiedName"])',
          ],
          checkConstructors: false,
        },
      ],
      'vue/multi-word-component-names': 'off',
      'max-lines': ['error', mostLines.source],
    },
  },
  { files: ['**/*.vue'], rules: { 'max-lines': ['error', mostLines.component] } },
  { files: ['**/*.test.ts', 'e2e/**/*.spec.ts'], rules: { 'max-lines': ['error', mostLines.test] } },
  ...longFiles.map(({ file, lines }) => ({
    files: [file],
    rules: { 'max-lines': ['error', lines] as ['error', number] },
  })),
  {
    // prettier decides how templates are laid out
    files: ['**/*.vue'],
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/require-default-prop': 'off',
    },
  },
  {
    // from a .ts file the linter cannot see what a .vue file exports; vue-tsc can, and checks it
    files: ['renderer/main.ts', 'renderer/app/router.ts', 'renderer/form/controls.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-argument': 'off' },
  },
  {
    files: ['**/*.test.ts', 'e2e/**'],
    rules: { 'jsdoc/require-jsdoc': 'off', 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.test.ts', 'e2e/**', '**/testing/**', 'build/vitest.*.ts', 'build/test*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          'Property[key.name=/[tT]imeout$/] > Literal[raw=/^[1-9]/]',
          'CallExpression[callee.name=/^(it|test|(before|after)(All|Each))$/] > Literal[raw=/^[1-9]/]',
          'CallExpression[callee.property.name=/^(each|skipIf|runIf|setTimeout|setDefaultTimeout)$/] > Literal[raw=/^[1-9]/]',
          'CallExpression[callee.callee.property.name=/^(each|skipIf|runIf)$/] > Literal[raw=/^[1-9]/]',
        ].map((selector) => ({
          selector,
          message: 'A busy machine exceeds a fixed limit: use seconds(…) of build/machine.ts.',
        })),
        {
          selector: 'CallExpression[callee.property.name="waitForTimeout"]',
          message: 'How long something takes depends on the machine: wait for the state instead (e2e/window.ts).',
        },
      ],
    },
  },
);
