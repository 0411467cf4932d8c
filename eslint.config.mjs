import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import ts from "typescript-eslint";

const resourceInApply = {
    // A resource made inside apply is missing from every preview in which the value is unknown.
    selector: "CallExpression[callee.property.name='apply'] NewExpression",
    message: "Make no resource inside apply: a preview would not show it. Pass the Output to the resource instead.",
};
const configReader = {
    selector:
        "MemberExpression[object.name='pulumi'][property.name='Config'], MemberExpression[property.name='allConfig']",
    message: "Only settings/ reads stack config.",
};
const defaultProvider = {
    selector:
        "NewExpression[callee.object.name=/^(k8s|pulumi|random)$/][callee.property.name!='Provider'][arguments.length=2]",
    message: "Give every resource a parent: its provider comes with it.",
};

// Each layer may import only the layers before it in this list. Layers in one entry do not import each other's folders upwards.
const layers = [
    ["validation"],
    ["dashboards", "rules"],
    ["components"],
    ["settings"],
    ["stack"],
    ["policy"],
    ["index.ts", "exports.ts", "cli", "plugin"],
];
const upwards = layers.flatMap((layer, index) =>
    layer.map((target) => ({
        target: `./${target}`,
        from: layers.slice(index + 1).flatMap((above) => above.map((folder) => `./${folder}`)),
        message: `${target} may import only ${layers.slice(0, index).flat().join(", ") || "libraries"}.`,
    })),
);
// What commands need of a component is exported on purpose, by its index.ts or args.ts.
const insideComponents = {
    regex: "/components/(?!helm/)[a-z-]+/(?!args$)",
    message: "Commands import the index.ts or the args.ts of a component, not the files inside.",
};

export default defineConfig(
    globalIgnores(["node_modules", "**/dist", "coverage", "rendered"]),
    js.configs.recommended,
    ts.configs.recommendedTypeChecked,
    {
        languageOptions: {
            parserOptions: {
                projectService: { allowDefaultProject: ["*.config.mjs", ".ci/prepare.mjs", "policy/pack.js"] },
            },
        },
        rules: {
            "no-restricted-syntax": ["error", resourceInApply, configReader, defaultProvider],
            // Helm values have no type that TypeScript could know.
            "@typescript-eslint/no-explicit-any": "off",
            "@typescript-eslint/no-unsafe-assignment": "off",
            "@typescript-eslint/no-unsafe-member-access": "off",
            "@typescript-eslint/no-unsafe-argument": "off",
            "@typescript-eslint/no-unsafe-call": "off",
            "@typescript-eslint/no-unsafe-return": "off",
        },
    },
    {
        files: ["**/*.ts"],
        plugins: { "import-x": importX },
        settings: {
            "import-x/extensions": [".ts"],
            "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
            "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js", ".json"] })],
        },
        rules: {
            "import-x/no-restricted-paths": ["error", { zones: upwards.filter(({ from }) => from.length > 0) }],
        },
    },
    { files: ["cli/**"], rules: { "no-restricted-imports": ["error", { patterns: [insideComponents] }] } },
    { files: ["settings/**"], rules: { "no-restricted-syntax": ["error", resourceInApply] } },
    { files: ["index.ts", "tests/**"], rules: { "no-restricted-syntax": ["error", resourceInApply, configReader] } },
    {
        files: ["**/*.js", "**/*.mjs"],
        extends: [ts.configs.disableTypeChecked],
        languageOptions: {
            globals: { process: "readonly", fetch: "readonly", AbortSignal: "readonly" },
        },
    },
    {
        // Pulumi's plugin host loads it without a compiler.
        files: ["plugin/index.js"],
        languageOptions: { globals: { module: "readonly", require: "readonly" } },
        rules: { "@typescript-eslint/no-require-imports": "off" },
    },
    {
        // Pulumi loads it as a CommonJS module.
        files: ["policy/pack.js"],
        languageOptions: { sourceType: "commonjs", globals: { require: "readonly", __dirname: "readonly" } },
        rules: { "@typescript-eslint/no-require-imports": "off" },
    },
);
