import * as pulumi from "@pulumi/pulumi";
import { ComponentProvider } from "./provider";

/**
 * The entry point of Pulumi's plugin host, which loads index.js and calls this function. It starts the provider of the components for programs in all
 * languages. TypeScript programs import exports.ts instead. Importing this file starts nothing.
 */
export = (): Promise<void> => pulumi.provider.main(new ComponentProvider(), process.argv.slice(2));
