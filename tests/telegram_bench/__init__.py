"""The Telegram figures: `python -m tests.telegram_bench` measures Dalil and a plain program in one run."""
