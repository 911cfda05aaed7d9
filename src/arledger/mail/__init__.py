"""Messages out: how one is put together, the outbox that remembers what became of it, and the server that takes it."""
