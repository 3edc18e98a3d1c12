"""What is asked of us and by when: clocks, a month's plan, ad-hoc requests, notices, letters, messages."""
