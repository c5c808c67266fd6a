"use strict";
// Stands for CDKTF's lib/tokens/private/stack-trace.js (see bindings_preload.cjs).
exports.captureStackTrace = () => [];
