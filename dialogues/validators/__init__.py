"""What people type, looked at before it is kept."""
