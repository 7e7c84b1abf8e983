"""What kfflow costs, beside the limit it is compared with."""
