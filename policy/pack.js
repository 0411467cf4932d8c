// Pulumi starts the pack with a ts-node that checks all types. This takes longer than a preview, and `npm run types` checks them already, so
// files are only transpiled, as for the program.
const { transformFileSync } = require("@swc/core");

require.extensions[".ts"] = (module, file) => {
    const { code } = transformFileSync(file, {
        swcrc: false,
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
        module: { type: "commonjs" },
    });
    module._compile(code, file);
};
require("./index");
