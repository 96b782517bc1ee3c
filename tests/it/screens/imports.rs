//! What keys and answers do to the imports, seen from outside.
