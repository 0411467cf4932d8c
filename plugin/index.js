// Pulumi's plugin host loads this folder. It has no package.json, so that the `npm install` of Pulumi runs in the root, and compiles the package.
module.exports = require("../dist/plugin/main.js");
