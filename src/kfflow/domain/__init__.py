"""Pure rules of case work: who may do what, which states follow which, time, forms. No clock, no input or output."""
