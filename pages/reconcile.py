import streamlit as st

st.title("reconcile")
