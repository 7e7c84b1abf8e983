"""What a newcomer finds in kfflow: real institutions, synthetic people, demo logins and cases in all stages."""
