"""The client system (Klientsystemet), the register of record beside kfflow: what is asked of it, and how over HTTP."""
