// Takes the place of the modules with which Pulumi serializes functions. They load the TypeScript compiler and npm, which takes most of
// the time of loading Pulumi, in every test file. This program has no dynamic providers, so it does not need them.
export {};
