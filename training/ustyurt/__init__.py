"""The page docs/ustyurt.md: the first question on synthetic pictures beside the real metadata."""
