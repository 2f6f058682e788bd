"""One action over many tickets: prepared as a preview, done by the worker piece by piece, taken back as a whole."""
