"""The outbox: answers are composed (pure), kept until delivered, and sent. It imports nothing of `intake`."""
