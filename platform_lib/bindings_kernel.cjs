"use strict";
// Stands for jsii's bin/jsii-runtime.js (see bindings_preload.cjs): the kernel runs in the process that
// Python has started. jsii starts it in a second one, passes every message on, and wraps what JavaScript
// prints; here only the wrapping is left.
const fs = require("node:fs");
const path = require("node:path");
const { Writable } = require("node:stream");
const { format } = require("node:util");

const { readSync, writeSync } = fs;
const KERNEL = 3; // The channel of the second process, for both directions.

function print(name, text) {
  writeSync(2, `${JSON.stringify({ [name]: Buffer.from(text).toString("base64") })}\n`);
}

fs.readSync = (fd, ...rest) => readSync(fd === KERNEL ? 0 : fd, ...rest);
fs.writeSync = (fd, data, ...rest) => {
  if (fd !== 2) {
    return writeSync(fd === KERNEL ? 1 : fd, data, ...rest);
  }
  print("stderr", data);
  return data.length;
};
for (const name of ["stdout", "stderr"]) {
  const write = (chunk, encoding, done) => done(print(name, chunk));
  Object.defineProperty(process, name, { value: new Writable({ write }) });
}
process._rawDebug = (...args) => print("stderr", `${format(...args)}\n`); // Node's own warnings

// Kernels that a process of this kind finds by the flag link packages instead of copying them.
process.execArgv.push("--preserve-symlinks");
require(path.join(path.dirname(process.argv[1]), "..", "lib", "program.js"));
