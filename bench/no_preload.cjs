// Nothing: stands where the preload of the bindings would, to measure what that one gives.
